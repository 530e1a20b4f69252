import type { Dataset } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { loadDataset } from "../data/open_dataset.ts";
import { type EngineOptions, useEngine } from "../engine/use_engine.ts";
import { loadModel } from "../runs/load_model.ts";
import { openRun, Run } from "../runs/run.ts";
import type { Evaluation, Prediction, TestCrops, TestTime } from "../runs/schemas.ts";
import { recordedLoad } from "../training/config/from_record.ts";
import { requireEnsemble } from "./ensemble.ts";
import { keepMistakes } from "./metrics/mistakes.ts";
import { prepareOutput } from "./output.ts";
import type { Posteriors } from "./posteriors.ts";
import { predictTogether } from "./predict_together.ts";
import { summarize } from "./metrics/summarize.ts";
import { resolveTestTime } from "./test_time.ts";

/** How {@linkcode evaluate} works. */
export interface EvaluateOptions {
  /** What a net sees of an image. Default `center`. */
  readonly crops?: TestCrops;
  /**
   * Test sides Q in pixels, no smaller than the net's input: of the rescaled image the shortest side,
   * or both where the run squashed its images. Default: what its validation had while it trained.
   */
  readonly scales?: readonly number[];
  /**
   * Whether predictions are averaged with those of the mirrored images. Default: for all crops but
   * `center`, and for that where the run's recipe says `flipAtTest`.
   */
  readonly flip?: boolean;
  /**
   * A folder for the results: new, empty, or that of earlier ones. Default: the run's own; for
   * several runs a new one in `runs/`.
   */
  readonly output?: string;
  /** Another data set with the same classes; by default the run's own. */
  readonly data?: string;
  /** The folder that holds downloaded sets. */
  readonly root?: string;
  /** Which weights. Default `best`: those of the epoch with the highest validation accuracy. */
  readonly weights?: "best" | "last";
  readonly engine?: Pick<EngineOptions, "engine" | "native">;
  readonly signal?: AbortSignal;
  readonly onMessage?: (line: string) => void;
  /** Images predicted, of how many. Where nets look several times, each time counts for a part. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Evaluates a run on its validation images as section 3.2 of the paper tests nets, and writes
 * `predictions.jsonl`, `evaluation.json` and the images of its surest mistakes into its folder.
 *
 * What a net sees of an image is its `center` (the default); all of it, densely; `multi`, a 5×5 grid
 * of crops; or `both` of these. Predictions are class posteriors, averaged over all that was seen, over
 * the test `scales`, and with `flip` over the mirrored images. Several runs are evaluated as one
 * ensemble: their posteriors are averaged. They may differ in everything but data and classes.
 *
 * @throws {RunError} Where a run or its weights are missing, or `output` is another run's; {DataError}
 *   where the data is, or has other classes; {OptionError} for crops or scales that cannot be, and runs
 *   that are no ensemble.
 *
 * @example
 * ```ts ignore
 * const { top1, per_class } = await evaluate("runs/mine");
 * const dense = await evaluate("runs/mine", { crops: "dense", scales: [224, 256, 288] });
 * const together = await evaluate(["runs/D", "runs/E"], { crops: "both", output: "runs/D-and-E" });
 * ```
 */
export async function evaluate(
  run: Run | string | readonly (Run | string)[],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { weights = "best", signal, onMessage } = options;
  const runs = requireEnsemble(await Promise.all([run].flat().map(opened)), options.data);
  const [first] = runs;
  for (const each of runs) await each.requireWeights(weights);
  const testTimes = testTimesOf(runs, options);
  const results = await prepareOutput(runs, options.output);
  const dataset = await sameData(first, options);
  const engine = await useEngine({
    ...options.engine,
    ...(onMessage ? { onMessage } : {}),
    ...(signal ? { signal } : {}),
  });
  const tested = runs.map((each, index) => ({
    record: each.record,
    testTime: testTimes[index]!,
    load: () => loadModel(each, weights, "linear"),
  }));
  const posteriors = await predictTogether(tested, dataset, { ...options, engine });
  const { predictions, samples } = toPredictions(posteriors, dataset);
  const evaluation = summarize(predictions, dataset.classes, {
    ...{ split: "validation", weights, ...together(testTimes) },
    ...(results === first ? {} : { runs: runs.map(({ directory }) => directory) }),
  });
  await results.writePredictions(predictions);
  await keepMistakes(results, dataset.validation, samples, predictions);
  await results.writeEvaluation(evaluation);
  return evaluation;
}

async function opened(run: Run | string): Promise<Run> {
  return run instanceof Run ? run : await openRun(run);
}

/** The runs' ways of looking. In an ensemble they all mirror, or none does. */
function testTimesOf(runs: readonly Run[], options: EvaluateOptions): TestTime[] {
  const { crops, scales, flip } = options;
  const asked = { ...(crops ? { crops } : {}), ...(scales ? { scales } : {}) };
  const resolved = runs.map(({ record }) => resolveTestTime(record, asked));
  const all = flip ?? resolved.every((testTime) => testTime.flip);
  return resolved.map((testTime) => ({ ...testTime, flip: all }));
}

/** What an evaluation says of how its runs looked: all scales that any of them did. */
function together(testTimes: readonly TestTime[]): TestTime {
  const scales = [...new Set(testTimes.flatMap((testTime) => testTime.scales))];
  return { ...testTimes[0]!, scales: scales.sort((a, b) => a - b) };
}

/** The runs' data set, or another one in its place, with exactly the runs' classes. */
async function sameData({ record }: Run, { data, root }: EvaluateOptions): Promise<Dataset> {
  const { classes, source } = record.data;
  const dataset = await loadDataset(data ?? source, {
    ...(data === undefined ? recordedLoad(record.data) : { classes: classes.map(({ id }) => id) }),
    ...(root ? { root } : {}),
  });
  if (dataset.validation.length > 0) return dataset;
  throw new DataError(`${data ?? source} has no validation images to evaluate on`);
}

/** The predictions of all images that could be read, and their numbers in the split. */
function toPredictions(
  posteriors: Posteriors,
  { name, validation }: Dataset,
): { predictions: Prediction[]; samples: number[] } {
  const seen = Array.from(posteriors.means());
  if (seen.length === 0) throw new DataError(`no validation image of ${name} can be read`);
  const predictions = seen.map(({ image, probabilities }) => ({
    id: validation.path(image),
    actual: validation.labels[image]!,
    predicted: probabilities.indexOf(Math.max(...probabilities)),
    probabilities,
  }));
  return { predictions, samples: seen.map(({ image }) => image) };
}
