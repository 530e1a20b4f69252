import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import { hopsOf, type Link } from "./ring.ts";
import type { StepWork } from "./protocol.ts";
import { exchangeOf, netOf, stepOf } from "./steps.ts";
import { measureInTurns, type Taken } from "./turns.ts";
import { WorkerGroup } from "./worker_group.ts";

const workers = 2;
const width = 0.25;

/** What is measured, by what the table calls it. */
const works: Readonly<Record<string, StepWork>> = {
  "A": stepOf(netOf(width), exchangeOf()),
  "A with batch normalization, each worker's own statistics": stepOf(
    netOf(width, true),
    exchangeOf({ sharesStatistics: false }),
  ),
  "A with batch normalization, statistics of all": stepOf(netOf(width, true), exchangeOf()),
};

/** By what the table calls it. */
export type StatisticsTaken = ReadonlyMap<string, Taken>;

/** Measures what batch normalization adds to a step of two workers. */
export async function measureStatistics(rounds: number): Promise<StatisticsTaken> {
  await using group = new WorkerGroup({ size: workers, pinned: true });
  const turns = Object.entries(works).map(([name, work]) => ({ name, group, work, times: 5 }));
  return await measureInTurns(turns, rounds);
}

export function statisticsSection(taken: StatisticsTaken, { perHop }: Link): Section {
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
      `${about} There are ${layers} such layers: by the constant of a sum, ${2 * layers} of them ` +
      `one after the other take ${figures(1000 * latency)} ms.`,
    table: table(["net", "ms, median", "shortest-side"], rows),
  };
}

const about =
  `Measured: steps of VGG-A at 32 px and width ${width}, two workers with a core each. Statistics of the whole ` +
  "batch take a small sum in each layer's forward pass and one in its backward pass, and the next " +
  "layer waits for them: nothing overlaps. They also forgo TensorFlow's fused kernel, which knows " +
  "one worker's part of the batch alone.";
