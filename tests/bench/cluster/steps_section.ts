import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import { crowded, localStep } from "./local_step.ts";
import { bytesSent, type Link, ringSeconds } from "./ring.ts";
import { simulateStep } from "./simulate.ts";
import { batch, netOf, type StepsOf } from "./steps.ts";
import { bytesPerNumber, type Links } from "./sums.ts";
import type { PlainConnection } from "./tcp.ts";

/** What the exchange adds to a step of several workers, measured and by the models. */
export function stepsSection(
  all: readonly StepsOf[],
  { plain, links, cores }: {
    readonly plain: PlainConnection;
    /** By the precision of what is sent, of two workers with a core each. */
    readonly links: Links;
    readonly cores: number;
  },
): Section {
  const heads = [
    ...["width", "gradients", "workers", "one alone", "all, no exchange", "with exchange"],
    ...["it adds", "bytes ÷ plain TCP", "ring", "simulated step", "of measured"],
  ];
  const rows = all.map((steps) => {
    const { width, sent, workers, alone, withoutExchange, withExchange } = steps;
    const crowd = crowdOf(workers, cores);
    const bytes = countVGG(netOf(width)).parameters * bytesPerNumber[sent];
    const simulated = simulatedSeconds(steps, links[sent], crowd);
    return [
      `${width}`,
      `${(bytes / 1e6).toFixed(0)} MB, ${sent}`,
      `${workers}`,
      ...[
        alone.constant + batch * alone.gradient,
        withoutExchange,
        withExchange,
        withExchange - withoutExchange,
        crowd * bytesSent(bytes, workers) / plain.bothWays,
        crowd * ringSeconds(bytes, workers, links[sent]),
        simulated,
      ].map((seconds) => figures(1000 * seconds)),
      `${(simulated / withExchange).toFixed(2)} ×`,
    ];
  });
  return { title: "What the exchange adds to a step", about, table: table(heads, rows) };
}

/** Workers that take turns on a core. */
function crowdOf(workers: number, cores: number): number {
  return Math.ceil(workers / cores);
}

/** Predicted from one worker's steps and two workers' sums. */
function simulatedSeconds(
  { width, sent, workers, alone }: StepsOf,
  { perByte, perHop }: Link,
  crowd: number,
): number {
  return simulateStep(crowded(localStep(netOf(width), batch, alone), crowd), {
    workers,
    link: { perByte: crowd * perByte, perHop: crowd * perHop },
    // Nobody else does what a worker has to do with each byte.
    burden: 1,
    bytesPerNumber: bytesPerNumber[sent],
    messageBytes: defaultBucketBytes,
    overlaps: true,
  }).seconds;
}

const about =
  `Measured: milliseconds of a training step of VGG-A at 32 px in float32, ${batch} images for each ` +
  "worker, who has one core and computes with one thread; medians. Without an exchange all train at " +
  "once, each by itself: what they lose to one alone is the machine's, its memory's and, for four on " +
  "two cores, that of turns. What the exchange adds is beside two models: its bytes over plain TCP, " +
  "both sides sending, and the ring with the constants above, which know what TensorFlow does with " +
  "each byte. The simulated step checks the plan: it knows one worker's steps of two batches and two " +
  "workers' single sums, and nothing of what it predicts. For four workers both are stretched, as two " +
  "share a core.";
