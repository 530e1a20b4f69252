import type { Precision } from "../../../lib/engine/compile.ts";
import { percent } from "../../../lib/display/units.ts";
import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import { layerGradients } from "./local_step.ts";
import { type Machine, predict, vgg16 } from "./plan.ts";
import { bytesSent, type Link } from "./ring.ts";
import { bytesPerNumber, type Links, precisions } from "./sums.ts";
import { tellSeconds, tellShare, tellWire } from "./tell.ts";

/** Bits a second. */
const wires = [1e9, 10e9, 25e9, 100e9];
const machineCounts = [1, 2, 8, 64];
const most = Math.max(...machineCounts);
const batches = [8, 32];

/** What is expected of machines of one kind. */
export function planTable(machine: Machine, links: Links): string {
  const rows = batches.flatMap((batch) =>
    precisions.flatMap((precision) =>
      wires.map((wire) => [
        `${batch}`,
        precision,
        tellWire(wire),
        ...machineCounts.map((machines) => {
          const { seconds, imagesPerSecond, efficiency } = predict({
            ...{ machine, machines, batch, wire, work: links[precision] },
            sent: { bytesPerNumber: bytesPerNumber[precision] },
          });
          return `${tellSeconds(seconds)}, ${figures(imagesPerSecond)}/s, ${tellShare(efficiency)}`;
        }),
      ])
    )
  );
  const heads = machineCounts.map((count) => count === 1 ? "1 machine" : `${count} machines`);
  return table(["images each", "gradients", "wire", ...heads], rows);
}

/** What of VGG16's gradients comes when, and how long it takes to send. */
export function layersSection(): Section {
  const { parameters, macs } = countVGG(vgg16);
  const groups = Map.groupBy(
    layerGradients(vgg16).toReversed(),
    ({ name }) => name.replace(/_conv\d$/, ""),
  );
  let before = 0;
  const rows = [...groups].map(([name, layers]) => {
    const size = layers.reduce((sum, layer) => sum + layer.size, 0);
    const at = layers.at(-1)!.at;
    const share = at - before;
    before = at;
    return [
      name,
      `${figures(size / 1e6)} M`,
      percent(size / parameters),
      percent(share),
      percent(at),
      ...wires.slice(0, 2).map((wire) => tellSeconds(bytesSent(4 * size, most) * 8 / wire)),
    ];
  });
  return {
    title: "Where the fully connected layers hurt",
    about: aboutLayers(parameters, macs),
    table: table([
      ...["layers", "parameters", "of all", "of the backward pass", "there after"],
      ...wires.slice(0, 2).map((wire) => `sent at ${tellWire(wire)}`),
    ], rows),
  };
}

/** From how many images of each machine on the backward pass is as long as the exchange. */
export function hidingTable(machines: readonly { machine: Machine; links: Links }[]): string {
  const numbers = countVGG(vgg16).parameters;
  const columns = machines.flatMap(({ machine, links }) =>
    precisions.map((precision) => ({ machine, precision, link: links[precision] }))
  );
  const images = (machine: Machine, precision: Precision, link: Link, wire: number): number => {
    const bytes = bytesSent(numbers * bytesPerNumber[precision], most);
    return Math.ceil(bytes * Math.max(link.perByte, 8 / wire) / (2 / 3 * machine.line.gradient));
  };
  return table(
    ["wire", ...columns.map(({ machine, precision }) => `${machine.name}, ${precision}`)],
    wires.map((wire) => [
      tellWire(wire),
      ...columns.map(({ machine, precision, link }) => `${images(machine, precision, link, wire)}`),
    ]),
  );
}

function aboutLayers(parameters: number, macs: number): string {
  return `Computed. VGG16 at 224 px has ${figures(parameters / 1e6)} million parameters and does ` +
    `${
      figures(macs / 1e9)
    } billion multiply-adds for an image. The order is that of the backward ` +
    "pass, of which each layer takes its share of the multiply-adds. The fully connected layers have " +
    "nine tenths of the parameters and less than a hundredth of the work, and their gradients are " +
    "the first that there are: nearly all that must be sent can go while the convolutions are still " +
    "computed backwards. They hurt where that takes less time than sending them: few images, fast " +
    "machines, a slow wire. What comes last, of the first blocks, takes next to nothing. Sent is each " +
    `machine's part in a ring of ${most}, in float32, by the wire alone.`;
}
