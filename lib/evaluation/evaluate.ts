import { makeAugment, type Normalisation } from "../data/augment/mod.ts";
import { batches } from "../data/batches.ts";
import { type PreparedSplit, preparePictures } from "../data/cache.ts";
import type { Dataset } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { loadDataset } from "../data/load.ts";
import { type EngineOptions, useEngine } from "../engine/choose.ts";
import { compile, type Precision } from "../engine/compile.ts";
import { resolvePrecision } from "../engine/precision.ts";
import { tf } from "../engine/tf.ts";
import { loadModel } from "../training/load_model.ts";
import { openRun, Run } from "../training/run.ts";
import type { Evaluation, Prediction } from "../training/run_files.ts";
import type { RunRecord } from "../training/run_record.ts";
import { keepMistakes } from "./mistakes.ts";
import { summarize } from "./summarize.ts";

/** How {@linkcode evaluate} works. */
export interface EvaluateOptions {
  /** Another data set with the same classes; by default the run's own. */
  readonly data?: string;
  /** The folder that holds downloaded sets. */
  readonly root?: string;
  /** Which weights. Default `best`: those of the epoch with the highest validation accuracy. */
  readonly weights?: "best" | "last";
  readonly engine?: Pick<EngineOptions, "engine" | "native">;
  readonly signal?: AbortSignal;
  readonly onMessage?: (line: string) => void;
  /** Images predicted, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Images that are predicted at once. */
const batchSize = 32;

/**
 * Evaluates a run on its validation images, and writes `predictions.jsonl`, `evaluation.json` and the
 * pictures of its surest mistakes into its folder.
 *
 * @throws {RunError} Where the run or its weights are missing; {DataError} where the data is, or has
 *   other classes.
 *
 * @example
 * ```ts ignore
 * const { top1, per_class } = await evaluate("runs/mine");
 * ```
 */
export async function evaluate(
  run: Run | string,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const opened = run instanceof Run ? run : await openRun(run);
  const weights = options.weights ?? "best";
  await opened.requireWeights(weights);
  const dataset = await sameData(opened.record, options);
  const { onMessage, signal } = options;
  const engine = await useEngine({
    ...options.engine,
    ...(onMessage ? { onMessage } : {}),
    ...(signal ? { signal } : {}),
  });
  const { data: { fit, normalisation }, precision } = opened.record;
  const split = await preparePictures(dataset.validation, fit, signal ? { signal } : {});
  const model = await loadModel(opened, weights);
  try {
    const predictions = await predictSplit(model, split, {
      ...options,
      normalisation,
      // A run of another machine may have had what this one has not.
      precision: precision === "bfloat16" ? resolvePrecision("auto", engine).precision : precision,
    });
    const context = { split: "validation", weights } as const;
    const evaluation = summarize(predictions, dataset.classes, context);
    await opened.writePredictions(predictions);
    await keepMistakes(opened, dataset.validation, split, predictions);
    await opened.writeEvaluation(evaluation);
    return evaluation;
  } finally {
    model.dispose();
    await split.dispose();
  }
}

interface PredictOptions extends Pick<EvaluateOptions, "signal" | "onProgress"> {
  readonly normalisation: Normalisation;
  readonly precision: Precision;
}

async function predictSplit(
  model: tf.LayersModel,
  split: PreparedSplit,
  { normalisation, precision, signal, onProgress }: PredictOptions,
): Promise<Prediction[]> {
  const prepare = makeAugment({ kind: "none" }, normalisation);
  const predictions: Prediction[] = [];
  const predict = compile(
    (...drawn: tf.Tensor[]) => model.apply(prepare.apply(drawn)) as tf.Tensor2D,
    { precision },
  );
  try {
    for await (const batch of batches(split, { batchSize, ...(signal ? { signal } : {}) })) {
      const drawn = prepare.draw(batch, 0);
      const output = await predict.aside(...drawn);
      const rows = await output.array();
      tf.dispose([...drawn, output]);
      for (const [position, probabilities] of rows.entries()) {
        predictions.push({
          id: split.path(batch.indices[position]!),
          actual: batch.labels[position]!,
          predicted: probabilities.indexOf(Math.max(...probabilities)),
          probabilities,
        });
      }
      onProgress?.(predictions.length, split.length);
    }
  } finally {
    predict.dispose();
  }
  return predictions;
}

/** The run's data set, or another one in its place, with exactly the run's classes. */
async function sameData(record: RunRecord, options: EvaluateOptions): Promise<Dataset> {
  const { classes, source } = record.data;
  const dataset = await loadDataset(options.data ?? source, {
    classes: classes.map(({ id }) => id),
    ...(options.root ? { root: options.root } : {}),
  });
  if (dataset.validation.length > 0) return dataset;
  throw new DataError(`${options.data ?? source} has no validation images to evaluate on`);
}
