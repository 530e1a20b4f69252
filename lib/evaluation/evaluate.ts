import type { Dataset } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { loadDataset } from "../data/open_dataset.ts";
import { type EngineOptions, useEngine } from "../engine/use_engine.ts";
import { loadModel } from "../runs/load_model.ts";
import { openRun, Run } from "../runs/run.ts";
import type { Evaluation, Prediction, TestCrops, TestTime } from "../runs/schemas.ts";
import { recordedLoad } from "../training/config/from_record.ts";
import { requireEnsemble } from "./ensemble.ts";
import { saveMistakes } from "./metrics/mistakes.ts";
import { summarize } from "./metrics/summarize.ts";
import { prepareOutput } from "./output.ts";
import type { Posteriors } from "./posteriors.ts";
import { predictTogether } from "./predict_together.ts";
import { resolveTestTime } from "./test_time.ts";

/** How {@linkcode evaluate} works. */
export interface EvaluateOptions {
  /** Which crops of each image are predicted. Default `center`. */
  readonly crops?: TestCrops;
  /**
   * Test scales Q in pixels, not smaller than the network's input: the shortest side of the resized
   * image, or both sides for a run trained on stretched images. Default: the scale of the run's
   * validation.
   */
  readonly scales?: readonly number[];
  /**
   * Whether to average predictions with those of the mirrored images. Default: true; with `center`,
   * the `flipAtTest` of the run's recipe.
   */
  readonly flip?: boolean;
  /**
   * Folder for the results: new, empty, or with the results of an earlier evaluation. Default: the
   * run's own folder; for several runs, a new folder in `runs/`.
   */
  readonly output?: string;
  /** Another data set with the same classes. Default: the run's own. */
  readonly data?: string;
  /** The folder that holds downloaded data sets. */
  readonly root?: string;
  /** Which weights. Default `best`: those of the epoch with the highest validation accuracy. */
  readonly weights?: "best" | "last";
  /** The engine to use. Default: see `useEngine`. */
  readonly engine?: Pick<EngineOptions, "engine" | "native">;
  /** Stops the evaluation between two batches. */
  readonly signal?: AbortSignal;
  /** Called with messages about the start of the engine. */
  readonly onMessage?: (line: string) => void;
  /** Called with the images predicted so far. Each of several passes counts for a part of an image. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Evaluates a run on its validation images as in section 3.2 of the paper, and writes
 * `predictions.jsonl`, `evaluation.json` and the images of the most confident mistakes into its folder.
 *
 * `crops` selects what is predicted of each image: its `center` (default), the whole image with the
 * network applied convolutionally (`dense`), a 5×5 grid of crops (`multi`), or `both` of these. Class
 * posteriors are averaged over the crops, the test `scales` and, with `flip`, the mirrored images.
 * Several runs form an ensemble, whose posteriors are averaged; they may differ in everything but data
 * and classes.
 *
 * @throws {RunError} If a run or its weights are missing, or `output` belongs to another run.
 * @throws {DataError} If the data is missing or has other classes.
 * @throws {OptionError} If crops or scales are not allowed, or the runs do not form an ensemble.
 *
 * @example
 * ```ts ignore
 * import { evaluate } from "vgg";
 *
 * const { top1, per_class } = await evaluate("runs/D");
 * const dense = await evaluate("runs/D", { crops: "dense", scales: [224, 256, 288] });
 * const both = await evaluate(["runs/D", "runs/E"], { crops: "both", output: "runs/D-and-E" });
 * ```
 */
export async function evaluate(
  run: Run | string | readonly (Run | string)[],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { weights = "best", signal, onMessage } = options;
  const runs = requireEnsemble(await Promise.all([run].flat().map(toRun)), options.data);
  const [first] = runs;
  for (const each of runs) await each.requireWeights(weights);
  const testTimes = testTimesOf(runs, options);
  const results = await prepareOutput(runs, options.output);
  const dataset = await loadData(first, options);
  const engine = await useEngine({
    ...options.engine,
    ...(onMessage ? { onMessage } : {}),
    ...(signal ? { signal } : {}),
  });
  const models = runs.map((each, index) => ({
    record: each.record,
    testTime: testTimes[index]!,
    load: () => loadModel(each, weights, "linear"),
  }));
  const posteriors = await predictTogether(models, dataset, { ...options, engine });
  const { predictions, samples } = toPredictions(posteriors, dataset);
  const evaluation = summarize(predictions, dataset.classes, {
    ...{ split: "validation", weights, ...combineTestTimes(testTimes) },
    ...(results === first ? {} : { runs: runs.map(({ directory }) => directory) }),
  });
  await results.writePredictions(predictions);
  await saveMistakes(results, dataset.validation, samples, predictions);
  await results.writeEvaluation(evaluation);
  return evaluation;
}

async function toRun(run: Run | string): Promise<Run> {
  return run instanceof Run ? run : await openRun(run);
}

/** How each run is tested. In an ensemble all runs are mirrored, or none. */
function testTimesOf(runs: readonly Run[], options: EvaluateOptions): TestTime[] {
  const { crops, scales, flip } = options;
  const asked = { ...(crops ? { crops } : {}), ...(scales ? { scales } : {}) };
  const resolved = runs.map(({ record }) => resolveTestTime(record, asked));
  const flipAll = flip ?? resolved.every((testTime) => testTime.flip);
  return resolved.map((testTime) => ({ ...testTime, flip: flipAll }));
}

/** The test time that the evaluation records: the scales of all runs. */
function combineTestTimes(testTimes: readonly TestTime[]): TestTime {
  const scales = [...new Set(testTimes.flatMap((testTime) => testTime.scales))];
  return { ...testTimes[0]!, scales: scales.sort((a, b) => a - b) };
}

/** Loads the run's data set, or `data` instead with exactly the run's classes. */
async function loadData({ record }: Run, { data, root }: EvaluateOptions): Promise<Dataset> {
  const { classes, source } = record.data;
  const dataset = await loadDataset(data ?? source, {
    ...(data === undefined ? recordedLoad(record.data) : { classes: classes.map(({ id }) => id) }),
    ...(root ? { root } : {}),
  });
  if (dataset.validation.length > 0) return dataset;
  throw new DataError(`${data ?? source} has no validation images to evaluate on`);
}

/** The predictions of all images that could be read, and their sample numbers in the split. */
function toPredictions(
  posteriors: Posteriors,
  { name, validation }: Dataset,
): { predictions: Prediction[]; samples: number[] } {
  const means = Array.from(posteriors.means());
  if (means.length === 0) throw new DataError(`no validation image of ${name} can be read`);
  const predictions = means.map(({ image, probabilities }) => ({
    id: validation.path(image),
    actual: validation.labels[image]!,
    predicted: probabilities.indexOf(Math.max(...probabilities)),
    probabilities,
  }));
  return { predictions, samples: means.map(({ image }) => image) };
}
