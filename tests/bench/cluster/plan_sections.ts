import type { Precision } from "../../../lib/engine/compile.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import { type Machine, predict, vgg16 } from "./plan.ts";
import { layerGradients } from "./local_step.ts";
import { bytesSent, type Link } from "./ring.ts";
import { bytesPerNumber, type Links, precisions } from "./sums.ts";
import { countVGG } from "../../../lib/vgg/count.ts";

/** Bits a second. */
const wires = [1e9, 10e9, 25e9, 100e9];
const machineCounts = [1, 2, 8, 64];
const most = Math.max(...machineCounts);
const batches = [8, 32];

/** A wire by itself: what libraries for cards come near to. Its latency is assumed. */
const wireAlone: Link = { perByte: 0, perHop: 50e-6 };
export const linksOfWire: Links = { float32: wireAlone, bfloat16: wireAlone };

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
          return `${tellSeconds(seconds)}, ${figures(imagesPerSecond)}/s, ${whole(efficiency)}`;
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
    return Math.ceil(bytes * Math.max(link.perByte, 8 / wire) / (2 / 3 * machine.line.slope));
  };
  return table(
    ["wire", ...columns.map(({ machine, precision }) => `${machine.name}, ${precision}`)],
    wires.map((wire) => [
      tellWire(wire),
      ...columns.map(({ machine, precision, link }) => `${images(machine, precision, link, wire)}`),
    ]),
  );
}

/** What would help most where it is needed most. */
export function helpTable(here: Machine, links: Links, card: Machine): string {
  const [few, many] = [8, 32];
  const rows = remedies.map(({ name, offered, precision = "float32", batches = 1, ...sent }) => {
    const cells = [
      { machine: here, wire: wires[0]!, work: links[precision], batch: few },
      { machine: card, wire: wires[2]!, work: wireAlone, batch: many },
    ].map((where) =>
      predict({
        machines: most,
        ...where,
        batch: where.batch * batches,
        ...(sent.head ? { network: { ...vgg16, head: sent.head } } : {}),
        sent: {
          bytesPerNumber: (sent.kept ?? 1) * bytesPerNumber[precision],
          ...(sent.overlaps === undefined ? {} : { overlaps: sent.overlaps }),
        },
      })
    );
    return [name, ...cells.map(({ efficiency }) => whole(efficiency)), offered];
  });
  const heads = [
    `${here.name}, ${few} images each, ${tellWire(wires[0]!)}`,
    `${card.name}, ${many} images each, ${tellWire(wires[2]!)}`,
  ];
  return table([`${most} machines`, ...heads, "TensorFlow's runtime"], rows);
}

interface Remedy {
  readonly name: string;
  /** Whether TensorFlow's collectives have it. */
  readonly offered: string;
  readonly precision?: Precision;
  /** How many times as many images. */
  readonly batches?: number;
  readonly overlaps?: boolean;
  /** The share of the bytes that is still sent. */
  readonly kept?: number;
  readonly head?: "small";
}

/** A value and where it belongs, for each hundredth of the gradients. */
const onePercent = 0.02;

const remedies: readonly Remedy[] = [
  { name: "float32, as gradients come", offered: "yes: as the library does it" },
  { name: "float32, all after the backward pass", offered: "yes: measured above", overlaps: false },
  { name: "bfloat16", offered: "yes: measured above", precision: "bfloat16" },
  { name: "four times the batch", offered: "a matter of the recipe", batches: 4 },
  {
    name: "bfloat16, four times the batch",
    offered: "both of these",
    precision: "bfloat16",
    batches: 4,
  },
  { name: "the largest 1 % of the gradients", offered: "no", kept: onePercent },
  { name: "`--head small`: no hidden layers", offered: "another net", head: "small" },
];

function aboutLayers(parameters: number, macs: number): string {
  return `VGG16 at 224 px has ${figures(parameters / 1e6)} million parameters and does ` +
    `${
      figures(macs / 1e9)
    } billion multiply-adds for an image. The order is that of the backward ` +
    `pass; what is sent is each machine's part in a ring of ${most}, in float32, by the wire alone.`;
}

function tellWire(wire: number): string {
  return `${wire / 1e9} Gbit/s`;
}

function tellSeconds(seconds: number): string {
  return seconds < 1 ? `${figures(1000 * seconds)} ms` : `${figures(seconds)} s`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function whole(share: number): string {
  return `${Math.round(100 * share)} %`;
}
