import type { OnActivity } from "../display/activity.ts";
import type { LoadOptions } from "../data/open_dataset.ts";
import type { EngineOptions } from "../engine/engine.ts";
import { loadModel } from "../runs/load_model.ts";
import { openRun, Run } from "../runs/run.ts";
import type { EvaluatedSplit, Evaluation, TestCrops, TestTime } from "../runs/schemas.ts";
import { checkImages } from "./checked_images.ts";
import { requireEnsemble } from "./ensemble.ts";
import { openOtherSet, openOwnSet } from "./evaluation_set.ts";
import { measure } from "./measure.ts";
import { prepareOutput } from "./output.ts";
import { resolveTestTime } from "./test_time.ts";

/** What {@linkcode evaluate} and {@linkcode evaluateWeights} have in common. */
export interface EvaluationOptions {
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
   * run's own folder for the images that it is evaluated on by default, a folder in its `evaluations/`
   * for others; for several runs and for a file, a new folder in `runs/`.
   */
  readonly output?: string;
  /**
   * The part of the data set. Default: its test images if it has any, otherwise its validation images. A
   * folder given as `data` that has no splits of its own is measured as a whole (`all`).
   */
  readonly split?: EvaluatedSplit;
  /** Where the classes of another data set are, if not in the names of folders. */
  readonly load?: Pick<LoadOptions, "labels" | "labelColumns" | "labelPattern">;
  /** The folder that holds downloaded data sets. */
  readonly root?: string;
  /** The engine to use. Default: see `useEngine`. */
  readonly engine?: Pick<EngineOptions, "engine" | "native" | "requireNative">;
  /** Stops the evaluation between two batches. */
  readonly signal?: AbortSignal;
  /** Called with one line for each message: which images are measured and why, what is left out. */
  readonly onMessage?: (line: string) => void;
  /** Called while the evaluation is prepared: while TensorFlow is downloaded and images are read. */
  readonly onPrepare?: OnActivity;
  /** Called with the images predicted so far. Each of several passes counts for a part of an image. */
  readonly onProgress?: (done: number, total: number) => void;
  /**
   * Called at the end of the predictions with the share of their time in which the network waited for
   * images, from 0 to 1. Images are decoded while it predicts the center crops of those before them; for
   * other crops, at the size of the first pass before it begins.
   */
  readonly onDataWait?: (share: number) => void;
  /** Called with the folder of the results at the end. */
  readonly onWritten?: (directory: string) => void;
}

/** How {@linkcode evaluate} works. */
export interface EvaluateOptions extends EvaluationOptions {
  /** Another data set, whose classes are matched by id or name. Default: the run's own. */
  readonly data?: string;
  /** Which weights. Default `best`: those of the epoch with the highest validation accuracy. */
  readonly weights?: "best" | "last";
  /** Measures also on images that the run was trained on. */
  readonly allowOverlap?: boolean;
}

/**
 * Evaluates a run as in section 3.2 of the paper on its test images, or on its validation images where
 * its data set has no others, and writes `predictions.jsonl`, `evaluation.json` and the images of the most
 * confident mistakes into its folder. Results on other data go to a folder of their own.
 *
 * `crops` selects what is predicted of each image: its `center` (default), the whole image with the
 * network applied convolutionally (`dense`), a 5×5 grid of crops (`multi`), or `both` of these. Class
 * posteriors are averaged over the crops, the test `scales` and, with `flip`, the mirrored images.
 * Several runs form an ensemble, whose posteriors are averaged; they may differ in everything but data
 * and classes.
 *
 * @throws {RunError} If a run or its weights are missing, or `output` belongs to another run.
 * @throws {DataError} If the data is missing, none of its classes is the net's, or images of it were
 *   trained on.
 * @throws {OptionError} If crops or scales are not allowed, or the runs do not form an ensemble.
 *
 * @example
 * ```ts ignore
 * import { evaluate } from "vgg";
 *
 * const { top1, per_class } = await evaluate("runs/D");
 * const dense = await evaluate("runs/D", { crops: "dense", scales: [224, 256, 288] });
 * const { images } = await evaluate("runs/D", { data: "holiday-photos" });
 * const both = await evaluate(["runs/D", "runs/E"], { crops: "both", output: "runs/D-and-E" });
 * ```
 */
export async function evaluate(
  run: Run | string | readonly (Run | string)[],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { weights = "best", onMessage, onWritten, data } = options;
  const runs = requireEnsemble(await Promise.all([run].flat().map(toRun)), data);
  const [first] = runs;
  for (const each of runs) await each.requireWeights(weights);
  const testTimes = testTimesOf(runs, options);
  const { classes, fit, load } = first.record.data;
  const set = data === undefined
    ? await openOwnSet(first.record, options)
    : await openOtherSet(data, classes, {
      ...options,
      load: {
        ...options.load,
        seed: load?.seed,
        validationFraction: load?.validationFraction,
      },
    });
  const results = await prepareOutput(runs, set, options.output);
  for (const note of set.notes) onMessage?.(note);
  const models = runs.map((each, index) => ({
    record: each.record,
    testTime: testTimes[index]!,
    load: () => loadModel(each, weights, "linear"),
  }));
  const evaluation = await measure({
    ...{ models, runs: models, set, fit, classes, results },
    check: (prepared) => checkImages(runs, set, prepared, options),
    context: {
      weights,
      ...(results === first ? {} : { runs: runs.map(({ directory }) => directory) }),
    },
  }, options);
  onWritten?.(results.directory);
  return evaluation;
}

async function toRun(run: Run | string): Promise<Run> {
  return run instanceof Run ? run : await openRun(run);
}

/** How each run is tested. In an ensemble all runs are mirrored, or none, and all are shifted as far. */
function testTimesOf(runs: readonly Run[], options: EvaluateOptions): TestTime[] {
  const { crops, scales, flip } = options;
  const asked = { ...(crops ? { crops } : {}), ...(scales ? { scales } : {}) };
  const resolved = runs.map(({ record }) => resolveTestTime(record, asked));
  const flipAll = flip ?? resolved.every((testTime) => testTime.flip);
  const shift = Math.min(...resolved.map(({ shift = 0 }) => shift));
  return resolved.map(({ shift: _, ...testTime }) => ({
    ...{ ...testTime, flip: flipAll },
    ...(shift > 0 ? { shift } : {}),
  }));
}
