import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import { hopsOf, type Link } from "./plan.ts";
import type { StepWork } from "./protocol.ts";
import { exchangeOf, netOf, stepOf } from "./steps.ts";
import { measureInTurns, type Taken } from "./turns.ts";
import { WorkerGroup } from "./worker_group.ts";

const workers = 2;
const width = 0.25;

/** The works that are measured, by their name in the table. */
const works: Readonly<Record<string, StepWork>> = {
  "A": stepOf(netOf(width), exchangeOf()),
  "A with batch normalization, each worker's own statistics": stepOf(
    netOf(width, true),
    exchangeOf({ sharesStatistics: false }),
  ),
  "A with batch normalization, statistics of all": stepOf(netOf(width, true), exchangeOf()),
};

/** Measures what batch normalization adds to a step of two workers. */
export async function measureStatistics(rounds: number): Promise<ReadonlyMap<string, Taken>> {
  await using group = new WorkerGroup({ size: workers, pinned: true });
  const turns = Object.entries(works).map(([name, work]) => ({ name, group, work, times: 5 }));
  return await measureInTurns(turns, rounds);
}

export function statisticsSection(
  taken: ReadonlyMap<string, Taken>,
  { perHop }: Link,
): Section {
  const rows = [...taken].map(([name, { median, best }]) => [
    name,
    figures(1000 * median),
    figures(1000 * best),
  ]);
  const layers = countVGG(netOf(width, true)).layers
    .filter(({ kind }) => kind === "batch_normalization").length;
  const latency = 2 * layers * hopsOf(workers) * perHop;
  return {
    title: "Batch normalization over all workers",
    about:
      `Measured: steps of VGG-A at 32 px and width ${width}, two workers with one core each. Statistics ` +
      "of the whole batch need a small sum in each layer's forward pass and one in its backward pass, " +
      "and the next layer waits for them: nothing overlaps. They also cannot use TensorFlow's fused " +
      `kernel, which sees only one worker's part of the batch. There are ${layers} such layers: at the ` +
      `latency of a sum, ${2 * layers} sums in sequence take ${figures(1000 * latency)} ms.`,
    table: table(["net", "ms, median", "shortest"], rows),
  };
}
