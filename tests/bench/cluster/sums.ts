import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import { hopsOf, type Link } from "./plan.ts";
import { measureInTurns, type Taken, tellTaken } from "./turns.ts";
import { WorkerGroup } from "./worker_group.ts";

/** Bytes of tensors, from 4 KiB to 128 MiB. */
const sizes = [12, 16, 20, 23, 25, 27].map((exponent) => 2 ** exponent);
/** How often a round does the sum of so many bytes, at most. */
const [most, bytesOfRound] = [10, 2 ** 28];

/** What sums of all sizes took some workers. */
export interface SumsOf {
  readonly workers: number;
  /** In the order of the sizes. */
  readonly taken: readonly Taken[];
}

/** Measures single sums over workers on a core each. */
export async function measureSums(workers: number, rounds: number): Promise<SumsOf> {
  await using group = new WorkerGroup({ size: workers, pinned: true });
  const turns = sizes.map((bytes) => ({
    name: `${bytes}`,
    group,
    work: { kind: "sum", bytes } as const,
    times: Math.min(most, bytesOfRound / bytes),
  }));
  const taken = await measureInTurns(turns, rounds);
  return { workers, taken: sizes.map((bytes) => taken.get(`${bytes}`)!) };
}

/** Bytes from the sum of one message, latency from the smallest sum. */
export function linkOf({ workers, taken }: SumsOf): Link {
  const small = taken[0]!.median;
  const message = taken[sizes.indexOf(defaultBucketBytes)]!.median;
  const hops = hopsOf(workers);
  return {
    perByte: (message - small) / (hops * defaultBucketBytes / workers),
    perHop: small / hops,
  };
}

/** The table of {@linkcode measureSums}. */
export function sumsSection(all: readonly SumsOf[]): Section {
  const rows = sizes.map((bytes, at) => [
    bytes < 2 ** 20 ? `${bytes / 2 ** 10} KiB` : `${bytes / 2 ** 20} MiB`,
    ...all.map(({ taken }) => tellTaken(taken[at]!)),
  ]);
  const links = all.map((sums) => {
    const { perByte, perHop } = linkOf(sums);
    return `${figures(1000 * perHop)} ms a hop and ${
      figures(1e-9 / perByte)
    } GB/s for ${sums.workers} workers`;
  });
  const heads = ["tensor", ...all.map(({ workers }) => `${workers} workers`)];
  return { title: "One sum", about: aboutSums(links.join(", ")), table: table(heads, rows) };
}

function aboutSums(links: string): string {
  return "Measured: milliseconds of one sum in a compiled function, in float32: the median, with the " +
    "shortest in brackets. Each worker has one core. Four workers on two cores take turns, which shows " +
    "the cost of crowding, not that of a network of four machines. A large tensor takes longer per byte " +
    "than one of a few megabytes, because TensorFlow requests the memory of its parts from the system " +
    "each time; the library therefore cuts tensors that are larger than a message. A ring of N workers " +
    "sends 2(N − 1) times, and each worker sends 2(N − 1)/N of the tensor's bytes: from the smallest " +
    `sum and that of a message, ${links}.`;
}
