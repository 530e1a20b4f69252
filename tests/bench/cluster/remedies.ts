import type { Precision } from "../../../lib/engine/compile.ts";
import { table } from "../report.ts";
import { type Machine, predict, type Setting, vgg16, wireAlone } from "./plan.ts";
import { bytesPerNumber, type Links } from "./sums.ts";
import { tellShare, tellWire } from "./tell.ts";

/** Something that might help many machines. */
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

/** A value and its place take as much as two values. */
const bytesOfOnePercent = 2 / 100;

const remedies: readonly Remedy[] = [
  { name: "float32, as gradients come", offered: "yes: as the library does it" },
  { name: "float32, all after the backward pass", offered: "yes: measured below", overlaps: false },
  { name: "bfloat16", offered: "yes: measured below", precision: "bfloat16" },
  { name: "four times the batch", offered: "a matter of the recipe", batches: 4 },
  {
    name: "bfloat16, four times the batch",
    offered: "both of these",
    precision: "bfloat16",
    batches: 4,
  },
  { name: "the largest 1 % of the gradients", offered: "no", kept: bytesOfOnePercent },
  { name: "`--head small`: no hidden layers", offered: "another net", head: "small" },
];

/** What would help 64 machines of two kinds, where little is left of their speed. */
export function helpTable(here: Machine, links: Links, card: Machine): string {
  const places = [
    { machine: here, batch: 8, wire: 1e9, linkOf: (sent: Precision) => links[sent] },
    { machine: card, batch: 32, wire: 25e9, linkOf: () => wireAlone },
  ];
  const rows = remedies.map((remedy) => [
    remedy.name,
    ...places.map(({ linkOf, ...place }) => {
      const work = linkOf(remedy.precision ?? "float32");
      return tellShare(predict(withRemedy({ ...place, work }, remedy)).efficiency);
    }),
    remedy.offered,
  ]);
  const heads = places.map(({ machine, batch, wire }) =>
    `${machine.name}, ${batch} images each, ${tellWire(wire)}`
  );
  return table(["64 machines", ...heads, "TensorFlow's runtime"], rows);
}

function withRemedy(
  place: Omit<Setting, "machines" | "sent">,
  { precision = "float32", batches = 1, kept = 1, overlaps = true, head }: Remedy,
): Setting {
  return {
    ...place,
    machines: 64,
    batch: batches * place.batch,
    network: head ? { ...vgg16, head } : vgg16,
    sent: { bytesPerNumber: kept * bytesPerNumber[precision], overlaps },
  };
}
