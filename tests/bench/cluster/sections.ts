import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import type { Measured } from "./measure.ts";
import { messagesSection } from "./messages.ts";
import { helpTable, hidingTable, layersSection, linksOfWire, planTable } from "./plan_sections.ts";
import { statisticsSection } from "./statistics.ts";
import { stepsSection } from "./steps_section.ts";
import { linkOf, type Links, sumsSections } from "./sums.ts";
import type { PlainConnection } from "./tcp.ts";
import { card } from "./vgg16.ts";

/** The document: the plan first, and what it rests on after it. */
export function scalingSections(measured: Measured): Section[] {
  const { plain, sums, steps, messages, obstacle, statistics, machine } = measured;
  const links = linksOfTwo(measured);
  const alone = steps.find(({ width }) => width === 1)!.alone;
  return [
    { title: "plan here", about: "x", table: planTable(machine, links) },
    { title: "plan card", about: "x", table: planTable(card, linksOfWire) },
    layersSection(),
    {
      title: "hide",
      about: "x",
      table: hidingTable([{ machine, links }, { machine: card, links: linksOfWire }]),
    },
    { title: "help", about: "x", table: helpTable(machine, links, card) },
    plainSection(plain),
    ...sumsSections(sums, plain),
    stepsSection(steps, { plain, links, cores: machine.cores }),
    messagesSection(messages, { alone, link: links.float32, ...(obstacle ? { obstacle } : {}) }),
    statisticsSection(statistics, links.float32),
  ];
}

/** Of two workers, each of whom has a core. */
function linksOfTwo({ sums }: Measured): Links {
  const two = sums.filter(({ workers }) => workers === 2);
  const link = (precision: keyof Links): Links["float32"] =>
    linkOf(two.find((one) => one.precision === precision)!);
  return { float32: link("float32"), bfloat16: link("bfloat16") };
}

function plainSection({ roundTrip, oneWay, bothWays }: PlainConnection): Section {
  return {
    title: "Plain TCP",
    about: "x",
    table: table(["", ""], [
      ["a byte there and back", `${figures(1e6 * roundTrip)} µs`],
      ["one sends", `${figures(oneWay / 1e9)} GB/s`],
      ["both send, each", `${figures(bothWays / 1e9)} GB/s`],
    ]),
  };
}
