import process from "node:process";
import { resolve } from "@std/path";
import { datasetNames, loadDataset, type LoadOptions } from "../data/load.ts";
import type { EngineOptions } from "../engine/choose.ts";
import type { Precision } from "../engine/compile.ts";
import type { tf } from "../engine/tf.ts";
import { saveWeights } from "../weights/weights.ts";
import { defaultDirectory, describeRun } from "./describe.ts";
import type { FitResult, Progress } from "./fit.ts";
import { fitByRecipe } from "./fit_by_recipe.ts";
import { netOf } from "./open_net.ts";
import { Run } from "./run.ts";
import type { HistoryLine } from "./run_files.ts";
import type { RunRecord } from "./run_record.ts";
import { resolveSettings, type Settings } from "./settings.ts";
import { resolveSeed, startModel, type StartOptions } from "./start.ts";
import { openStart } from "./starting_weights.ts";
import { openWorkshop, type Pictures, takePictures, type Workshop } from "./workshop.ts";

/** What is trained on where nothing is asked for. */
export const defaultData = "drawn10";

/** What {@linkcode train} is asked for; every setting has a default. */
export interface TrainOptions extends Settings, StartOptions {
  /** A data set's name or a path. Default `drawn10`. */
  readonly data?: string;
  readonly load?: LoadOptions;
  /** The folder of the run. Default: in `runs/`, named by the data set, the network and the time. */
  readonly run?: string;
  /**
   * Decides initial weights, order, augmentation and dropout. Default 42, or the next one after that of
   * the run that the net starts from.
   */
  readonly seed?: number;
  readonly engine?: Pick<EngineOptions, "engine" | "native">;
  /** Default `auto`: bfloat16 where the engine compiles and the hardware computes in it, else float32. */
  readonly precision?: "auto" | Precision;
  /** Where pictures too many for memory are kept, and features. Default `data/cache`. */
  readonly cacheDirectory?: string;
  readonly signal?: AbortSignal;
  /** What is going on, a line each. */
  readonly onMessage?: (line: string) => void;
  /** Pictures decoded, of how many; with the recipe `features` also those whose features are there. */
  readonly onPrepare?: (done: number, total: number) => void;
  /** Once, when the run's folder is there. */
  readonly onStart?: (run: Run) => void;
  readonly onStep?: (progress: Progress) => void;
  /** After each epoch; training goes on when it is done. */
  readonly onEpoch?: (line: HistoryLine, best: boolean) => void | Promise<void>;
}

/**
 * Trains a network on a data set and keeps all about it in a run's folder: settings, history, and the
 * weights of the best and of the last epoch.
 *
 * An aborted signal ends training after the running step, with everything written.
 *
 * @returns The run, finished or interrupted; `evaluate` and `drawRunFigures` go on from it.
 * @throws {DataError}, {RangeError} or {RunError} for data, settings or a folder that will not do,
 *   before anything is written; {TrainingError} where the weights blow up.
 *
 * @example
 * ```ts ignore
 * const run = await train({ data: "photos", network: { configuration: "A" }, recipe: "fast" });
 * console.log(run.record.result?.best_val_accuracy);
 *
 * // The paper's way to a deeper net, and to a larger scale.
 * const paper = { data: "photos", recipe: "paper" } as const;
 * const shallow = await train({ ...paper, network: { configuration: "A" } });
 * const deep = await train({
 *   ...paper,
 *   network: { configuration: "D" },
 *   shallow: shallow.directory,
 * });
 * await train({ ...paper, weights: deep.directory, scale: [256, 512], learningRate: 0.001 });
 *
 * // A trained net for other classes: fine-tuned, or with a classifier of its features alone.
 * await train({ data: "photos", weights: "runs/cifar10" });
 * await train({ data: "photos", weights: "runs/cifar10", recipe: "features" });
 * ```
 */
export async function train(options: TrainOptions = {}): Promise<Run> {
  const dataset = await loadDataset(options.data ?? defaultData, options.load);
  using starting = await openStart(options, dataset.classes);
  const settings = resolveSettings(options, dataset, starting?.transfer);
  const directory = options.run ?? defaultDirectory(dataset.name, settings);
  await Run.requireFree(directory);
  const seed = await resolveSeed(options);
  const workshop = await openWorkshop({ ...options, seed }, dataset, settings);
  const { model, start } = await startModel(workshop.network, options, starting);
  try {
    const pictures = await takePictures(workshop, options);
    try {
      const record = describeRun(workshop, pictures, sourceOf(options));
      const run = await Run.create(directory, { ...record, ...(start ? { start } : {}) });
      options.onStart?.(run);
      return await work(run, model, workshop, pictures, options);
    } finally {
      await Promise.all([pictures.train.dispose(), pictures.validation.dispose()]);
    }
  } finally {
    model.dispose();
  }
}

/** What the data is, for a run that may be evaluated from another folder. */
export function sourceOf(
  { data = defaultData, load: { perClass } = {} }: Pick<TrainOptions, "data" | "load">,
): Pick<RunRecord["data"], "source" | "perClass"> {
  const source = datasetNames.includes(data) ? data : resolve(data);
  return perClass === undefined ? { source } : { source, perClass };
}

async function work(
  run: Run,
  model: tf.LayersModel,
  workshop: Workshop,
  pictures: Pictures,
  options: TrainOptions,
): Promise<Run> {
  const started = performance.now();
  const cores = process.cpuUsage();
  const history: HistoryLine[] = [];
  const warnings = [...run.record.warnings];
  let written = Promise.resolve();
  try {
    const result = await fitByRecipe(model, workshop, pictures, {
      ...options,
      onWarning: (line) => {
        warnings.push(line);
        options.onMessage?.(line);
      },
      onEpoch: async (line, best) => {
        history.push(line);
        if (best) await saveWeights(model, run.path("best"), netOf(run.record));
        await written;
        // The next step need not wait for it.
        written = run.writeHistory([...history]);
        written.catch(() => {});
        await options.onEpoch?.(line, best);
      },
    });
    await written;
    await saveWeights(model, run.path("last"), netOf(run.record));
    const { user, system } = process.cpuUsage(cores);
    await run.update({
      warnings,
      ...outcome(result, {
        seconds: (performance.now() - started) / 1000,
        core_seconds: (user + system) / 1e6,
      }),
    });
    return run;
  } catch (error) {
    await run.update({ warnings, status: "failed" });
    throw error;
  }
}

function outcome(
  { history, bestEpoch, stopped }: FitResult,
  times: { readonly seconds: number; readonly core_seconds: number },
): Partial<RunRecord> {
  const accuracy = history[bestEpoch - 1]?.val_accuracy ?? NaN;
  return {
    status: stopped === "interrupted" ? "interrupted" : "finished",
    result: {
      epochs: history.length,
      best_epoch: bestEpoch,
      best_val_accuracy: Number.isFinite(accuracy) ? accuracy : null,
      ...times,
      data_wait: waitShare(history),
      ...(stopped ? { stopped } : {}),
    },
  };
}

function waitShare(history: readonly HistoryLine[]): number {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const waited = sum(history.map(({ data_wait_seconds: seconds }) => seconds ?? 0));
  return waited / (sum(history.map(({ seconds }) => seconds)) || 1);
}
