import type { Precision } from "../../../lib/engine/compile.ts";
import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import { fitLine, type Line } from "./fit_line.ts";
import { bytesSent, hopsOf, type Link } from "./ring.ts";
import type { PlainConnection } from "./tcp.ts";
import { measureInTurns, type Taken } from "./turns.ts";
import { WorkerGroup } from "./worker_group.ts";

/** Bytes of tensors as float32, from 4 KiB to 128 MiB. */
const sizes = [12, 16, 20, 23, 25, 27].map((exponent) => 2 ** exponent);
/** How often a round does the sum of so many bytes, at most. */
const [most, bytesOfRound] = [10, 2 ** 28];

export const precisions = ["float32", "bfloat16"] as const satisfies Precision[];

/** What a number takes on its way. */
export const bytesPerNumber: Readonly<Record<Precision, number>> = { float32: 4, bfloat16: 2 };

/** What carries sums, by the precision in which they are sent. */
export type Links = Readonly<Record<Precision, Link>>;

/** What sums of all sizes took some workers. */
export interface SumsOf {
  readonly workers: number;
  readonly precision: Precision;
  /** In the order of the sizes. */
  readonly taken: readonly Taken[];
  /** Seconds by the tensor's bytes as float32, up to those of a message. */
  readonly line: Line;
}

/** Measures single sums over workers on a core each. */
export async function measureSums(
  workers: number,
  rounds: number,
): Promise<SumsOf[]> {
  await using group = new WorkerGroup({ size: workers, pinned: true });
  const turns = precisions.flatMap((precision) =>
    sizes.map((bytes) => ({
      name: `${precision} ${bytes}`,
      group,
      work: { kind: "sum", bytes, precision } as const,
      times: Math.min(most, bytesOfRound / bytes),
    }))
  );
  const all = await measureInTurns(turns, rounds);
  return precisions.map((precision) => {
    const taken = sizes.map((bytes) => all.get(`${precision} ${bytes}`)!);
    const timings = sizes.flatMap((amount, at) =>
      amount <= defaultBucketBytes ? [{ amount, seconds: taken[at]!.median }] : []
    );
    return { workers, precision, taken, line: fitLine(timings) };
  });
}

/** What a ring must be made of for its sums to take what they took. */
export function linkOf({ workers, precision, line }: SumsOf): Link {
  return {
    perByte: line.gradient / bytesSent(bytesPerNumber[precision] / bytesPerNumber.float32, workers),
    perHop: line.constant / hopsOf(workers),
  };
}

/** The tables of {@linkcode measureSums}. */
export function sumsSections(all: readonly SumsOf[], plain: PlainConnection): Section[] {
  const names = all.map(({ workers, precision }) => `${workers} workers, ${precision}`);
  const rows = sizes.map((bytes, at) => [
    bytes < 2 ** 20 ? `${bytes / 2 ** 10} KiB` : `${bytes / 2 ** 20} MiB`,
    ...all.map(({ taken }) =>
      `${figures(1000 * taken[at]!.median)} (${figures(1000 * taken[at]!.best)})`
    ),
  ]);
  const fits = all.map((sums) => {
    const { perByte, perHop } = linkOf(sums);
    return [
      `${sums.workers}, ${sums.precision}`,
      `${figures(1000 * sums.line.constant)} ms`,
      `${figures(1000 * perHop)} ms`,
      `${figures(1e-9 / sums.line.gradient)} GB/s`,
      `${figures(1e-9 / perByte)} GB/s`,
      `${(perByte * plain.bothWays).toFixed(1)} ×`,
    ];
  });
  const heads = [
    ...["workers", "constant", "a hop", "tensor's bytes", "bytes sent by each"],
    "time, of plain TCP's",
  ];
  return [
    { title: "One sum", about: aboutSums, table: table(["tensor", ...names], rows) },
    { title: "Its latency and bandwidth", about: aboutFits, table: table(heads, fits) },
  ];
}

const aboutSums =
  "Measured: milliseconds of one sum in a compiled function, the median and in brackets the shortest; " +
  "sizes are those of the tensor in float32. For bfloat16 it is cast, summed by TensorFlow in " +
  "bfloat16 and cast back, which is part of the time. Workers have a core each; four on two cores " +
  "take turns on them, and show what crowding costs, not what a network of four machines does. " +
  "A large tensor takes longer for each byte than one of a few megabytes: memory for its parts is " +
  "asked of the system anew each time. The library therefore cuts what is larger than a message.";

const aboutFits =
  "The medians above, up to the size of a message, as time = constant + bytes ÷ bandwidth, fitted " +
  "with the least relative errors. A ring of N workers sends 2(N − 1) times: so many hops share the " +
  "constant, and each worker sends 2(N − 1)/N of the tensor's bytes. The last column is how much " +
  "longer than by plain TCP, both sides sending, a byte takes: the rest is TensorFlow's own work, " +
  "serializing, copying and adding, on the core of the worker.";
