import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import type { Measured } from "./measure.ts";
import { messagesSection } from "./messages.ts";
import { type Machine, vgg16, wireAlone } from "./plan.ts";
import { hidingTable, layersSection, planTable } from "./plan_sections.ts";
import { helpTable } from "./remedies.ts";
import { ringSeconds } from "./ring.ts";
import { statisticsSection } from "./statistics.ts";
import { stepsSection } from "./steps_section.ts";
import { linkOf, type Links, sumsSections } from "./sums.ts";
import type { PlainConnection } from "./tcp.ts";
import { card, ownPrecision } from "./vgg16.ts";

const linksOfWire: Links = { float32: wireAlone, bfloat16: wireAlone };

/** The document: the plan first, and what it rests on after it. */
export function scalingSections(measured: Measured): Section[] {
  const { plain, sums, steps, messages, obstacle, statistics, machine } = measured;
  const links = linksOfTwo(measured);
  const alone = steps.find(({ width }) => width === 1)!.alone;
  return [
    {
      title: "VGG16 at 224 px on machines like this one",
      about: aboutMachine(machine),
      table: planTable(machine, links),
    },
    {
      title: "On machines with a card each",
      about: aboutCard(links),
      table: planTable(card, linksOfWire),
    },
    layersSection(),
    {
      title: "How many images hide the exchange",
      about: aboutHiding,
      table: hidingTable([{ machine, links }, { machine: card, links: linksOfWire }]),
    },
    { title: "What would help", about: aboutHelp, table: helpTable(machine, links, card) },
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
    about:
      "Measured: two processes of Deno over the loopback of a private network, without TensorFlow.",
    table: table(["what", "measured"], [
      ["a byte there and back", `${figures(1e6 * roundTrip)} µs`],
      ["one sends", `${figures(oneWay / 1e9)} GB/s`],
      ["both send, each", `${figures(bothWays / 1e9)} GB/s`],
    ]),
  };
}

function aboutMachine({ line }: Machine): string {
  return "Computed. A cell is the time of a step, the images a second of all machines, and what " +
    "share that is of as many machines that need not exchange anything. A step here, computed in " +
    `${ownPrecision}, was measured to take ${figures(line.constant)} s and ${
      figures(line.gradient)
    } s ` +
    "for each image. The simulation lets gradients come layer by layer, sends them around a ring in " +
    `messages of ${
      defaultBucketBytes / 2 ** 20
    } MiB while the backward pass goes on, and updates when ` +
    "all are there. A byte goes at the pace of the wire or of a core that works for TensorFlow's " +
    "gRPC, as measured below, whichever is slower; that core is taken from computing. From some " +
    "Gbit/s on the core is the slower one, and faster wires change nothing.";
}

function aboutCard({ float32 }: Links): string {
  const bytes = 4 * countVGG(vgg16).parameters;
  return "Computed, and untested: there was never more than one card. One NVIDIA H200 trains VGG16 at " +
    `${
      figures(1 / card.line.gradient)
    } images a second ([docs/cards.md](cards.md), bfloat16, batch 64); ` +
    "what smaller batches waste of it is left out. The exchange is that of a wire alone, with 50 µs assumed for a hop: what NCCL comes near to, " +
    "which TensorFlow takes by its communication hint where it has it. Through gRPC, as measured " +
    `below, each step would wait ${figures(ringSeconds(bytes, 64, float32))} s for 64 machines, ` +
    "whatever the wire.";
}

const aboutHiding =
  "Computed: images of each of 64 machines from which on the backward pass takes as long as sending " +
  "all gradients, as float32 or as bfloat16; the card by the wire alone. With fewer, machines wait. Here an exchange that is hidden is not free: " +
  "its core is one of those that compute.";

const aboutHelp =
  "Computed: the share of what 64 machines would do that need not exchange anything, in two settings " +
  "where that is little. Sums in bfloat16 are TensorFlow's own, measured below; each addition is " +
  "rounded to eight binary digits, what that does to training was not tested, and the library does " +
  "not use them. Larger batches are a matter of the recipe: a rate that grows with the batch after a " +
  "warm-up (Goyal et al. 2017) is what it takes, untested here. Sending only the largest gradients, " +
  "PowerSGD or numbers of eight bits are not offered: TensorFlow's collectives add up tensors of " +
  "one length and of its own types; the row counts the bytes alone, a place and a value for each " +
  "number that is sent. Nor are rings of rings: its ring goes once over all machines.";
