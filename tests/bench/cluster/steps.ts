import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import type { Exchange, StepWork } from "./protocol.ts";
import { measureInTurns, type Turn } from "./turns.ts";
import { WorkerGroup } from "./worker_group.ts";

/** Images of each worker. */
const batch = 16;
const workerCounts = [2, 4] as const;
const widths = [1, 0.25] as const;

/** The net of the paper's column A, by its width. */
export function netOf(width: number, batchNorm = false): VGGOptions {
  return { configuration: "A", inputSize: 32, classes: 10, width, batchNorm };
}

/** How the library exchanges gradients, but for what is named. */
export function exchangeOf(changes: Partial<Exchange> = {}): Exchange {
  return { messageBytes: defaultBucketBytes, overlaps: true, sharesStatistics: true, ...changes };
}

export function stepOf(network: VGGOptions, exchange?: Exchange): StepWork {
  const work = { kind: "step", network, batch, precision: "float32" } as const;
  return exchange ? { ...work, exchange } : work;
}

/** The seconds of steps of one width. */
export interface StepsOf {
  readonly width: number;
  readonly workers: number;
  /** Of one worker that is alone. */
  readonly alone: number;
  readonly withoutExchange: number;
  readonly withExchange: number;
}

/** Measures steps of workers on a core each: one alone, and several with and without an exchange. */
export async function measureSteps(rounds: number): Promise<StepsOf[]> {
  await using one = new WorkerGroup({ size: 1, pinned: true });
  await using two = new WorkerGroup({ size: 2, pinned: true });
  await using four = new WorkerGroup({ size: 4, pinned: true });
  const turns: Turn[] = widths.flatMap((width) => {
    const without = stepOf(netOf(width));
    const withExchange = stepOf(netOf(width), exchangeOf());
    return [
      { name: `${width}`, group: one, work: without, times: 2 },
      ...[two, four].flatMap((group, at) => {
        const name = `${width} × ${workerCounts[at]}`;
        return [
          { name, group, work: without, times: 2 },
          { name: `${name} exchange`, group, work: withExchange, times: 2 },
        ];
      }),
    ];
  });
  const taken = await measureInTurns(turns, rounds);
  const median = (name: string): number => taken.get(name)!.median;
  return widths.flatMap((width) =>
    workerCounts.map((workers) => ({
      width,
      workers,
      alone: median(`${width}`),
      withoutExchange: median(`${width} × ${workers}`),
      withExchange: median(`${width} × ${workers} exchange`),
    }))
  );
}

/** The table of {@linkcode measureSteps}. */
export function stepsSection(all: readonly StepsOf[]): Section {
  const rows = all.map(({ width, workers, alone, withoutExchange, withExchange }) => [
    `${width}`,
    `${(4e-6 * countVGG(netOf(width)).parameters).toFixed(0)} MB`,
    `${workers}`,
    ...[alone, withoutExchange, withExchange, withExchange - withoutExchange]
      .map((seconds) => figures(1000 * seconds)),
  ]);
  return {
    title: "What the exchange adds to a step",
    about:
      `Measured: milliseconds of a training step of VGG-A at 32 px in float32, ${batch} images for ` +
      "each worker, which has one core and computes with one thread; medians. Without an exchange all " +
      "workers train at the same time, each alone: what they lose to one alone is the cost of shared " +
      "memory and, for four on two cores, of taking turns.",
    table: table([
      ...["width", "gradients", "workers", "one alone", "all, no exchange", "with exchange"],
      "it adds",
    ], rows),
  };
}
