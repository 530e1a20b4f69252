import type { Precision } from "../../../lib/engine/compile.ts";
import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { fitLine, type Line } from "./fit_line.ts";
import type { Exchange, StepWork } from "./protocol.ts";
import { measureInTurns, type Turn } from "./turns.ts";
import { WorkerGroup } from "./worker_group.ts";

/** Images of each worker. */
export const batch = 16;
/** A second batch, by which a step is taken apart into what images cost and what not. */
const smallBatch = 4;

const workerCounts = [2, 4] as const;

/** The net of the paper's column A, by its width. */
export function netOf(width: number, batchNorm = false): VGGOptions {
  return { configuration: "A", inputSize: 32, classes: 10, width, batchNorm };
}

/** Steps of a width whose gradients are sent in a precision. */
interface Case {
  readonly width: number;
  readonly sent: Precision;
}

const cases: readonly Case[] = [
  { width: 1, sent: "float32" },
  { width: 1, sent: "bfloat16" },
  { width: 0.25, sent: "float32" },
];

/** How the library exchanges gradients, but for what is named. */
export function exchangeOf(changes: Partial<Exchange> = {}): Exchange {
  return {
    precision: "float32",
    messageBytes: defaultBucketBytes,
    overlaps: true,
    sharesStatistics: true,
    ...changes,
  };
}

export function stepOf(network: VGGOptions, exchange?: Exchange, images = batch): StepWork {
  const work = { kind: "step", network, batch: images, precision: "float32" } as const;
  return exchange ? { ...work, exchange } : work;
}

/** What the steps of one case took, in seconds. */
export interface StepsOf extends Case {
  readonly workers: number;
  /** By the images of a batch, one worker being alone. */
  readonly alone: Line;
  readonly withoutExchange: number;
  readonly withExchange: number;
}

/** Measures steps of workers on a core each: one alone, and several with and without an exchange. */
export async function measureSteps(rounds: number): Promise<StepsOf[]> {
  await using one = new WorkerGroup({ size: 1, pinned: true });
  await using two = new WorkerGroup({ size: 2, pinned: true });
  await using four = new WorkerGroup({ size: 4, pinned: true });
  const widths = [...new Set(cases.map(({ width }) => width))];
  const times = 2;
  const turns: Turn[] = [];
  for (const width of widths) {
    const network = netOf(width);
    for (const images of [smallBatch, batch]) {
      const work = stepOf(network, undefined, images);
      turns.push({ name: `${width} ${images}`, group: one, work, times });
    }
    for (const [at, group] of [two, four].entries()) {
      const name = `${width} × ${workerCounts[at]}`;
      turns.push({ name, group, work: stepOf(network), times });
      for (const { sent } of cases.filter((other) => other.width === width)) {
        const work = stepOf(network, exchangeOf({ precision: sent }));
        turns.push({ name: `${name} ${sent}`, group, work, times });
      }
    }
  }
  const taken = await measureInTurns(turns, rounds);
  const median = (name: string): number => taken.get(name)!.median;
  return cases.flatMap(({ width, sent }) =>
    workerCounts.map((workers) => ({
      ...{ width, sent, workers },
      alone: fitLine(
        [smallBatch, batch].map((images) => ({
          amount: images,
          seconds: median(`${width} ${images}`),
        })),
      ),
      withoutExchange: median(`${width} × ${workers}`),
      withExchange: median(`${width} × ${workers} ${sent}`),
    }))
  );
}
