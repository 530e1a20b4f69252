import type { ClassLabel, Resize } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import type { OnActivity } from "../display/activity.ts";
import { type EngineOptions, useEngine } from "../engine/use_engine.ts";
import type { Results } from "../runs/results.ts";
import type { RunRecord } from "../runs/run_record.ts";
import type { Evaluation, Prediction, TestTime } from "../runs/schemas.ts";
import type { CheckedImages } from "./checked_images.ts";
import type { EvaluationSet } from "./evaluation_set.ts";
import { requireFiniteOutputs } from "./finite_outputs.ts";
import { saveMistakes } from "./metrics/mistakes.ts";
import { type EvaluationContext, summarize } from "./metrics/summarize.ts";
import type { Posteriors } from "./posteriors.ts";
import { type EvaluatedModel, predictRuns } from "./predict_runs.ts";
import { predictTogether } from "./predict_together.ts";

/** What {@linkcode measure} measures, and where its files go. */
export interface Measurement {
  readonly models: readonly EvaluatedModel[];
  /** The same models where they are runs, which several workers can predict together. */
  readonly runs?: readonly (EvaluatedModel & { readonly record: RunRecord })[];
  readonly set: EvaluationSet;
  readonly checked: CheckedImages;
  /** The size at which the images were decoded to check them. */
  readonly fit: Resize;
  readonly classes: readonly ClassLabel[];
  readonly results: Results;
  /** The fields of the evaluation that say what was evaluated. */
  readonly context: Pick<EvaluationContext, "weights" | "weights_file" | "runs">;
}

/** How {@linkcode measure} works. */
export interface MeasurementOptions {
  readonly engine?: Pick<EngineOptions, "engine" | "native" | "requireNative">;
  readonly signal?: AbortSignal;
  readonly onMessage?: (line: string) => void;
  readonly onPrepare?: OnActivity;
  readonly onProgress?: (done: number, total: number) => void;
  readonly onDataWait?: (share: number) => void;
}

/**
 * Starts the engine, predicts images, and writes predictions, mistakes and the evaluation into a folder.
 * It disposes of the prepared images.
 */
export async function measure(
  measurement: Measurement,
  options: MeasurementOptions,
): Promise<Evaluation> {
  const { models, set, checked, classes, results, context } = measurement;
  const { images, prepared, overlap } = checked;
  const { digest, broken } = prepared;
  const { name, source, split, unknown } = set;
  const posteriors = await predict(measurement, options);
  const { weights, weights_file, runs = [results.directory] } = context;
  const whose = weights_file?.path ?? `${weights} of ${runs.join(", ")}`;
  const { predictions, samples } = toPredictions(posteriors, images, set, whose);
  using _lock = await results.lockResults({
    onWait: () => options.onMessage?.(`waiting: another process writes ${results.directory}`),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  await results.writePredictions(predictions);
  await saveMistakes(results, images, samples, predictions);
  const evaluation = summarize(predictions, classes, {
    ...{ split, ...context, ...combineTestTimes(models.map(({ testTime }) => testTime)) },
    data: {
      ...{ name, source, digest, broken: broken.length, unknown },
      ...(overlap === undefined ? {} : { overlap }),
    },
    files: await results.digests(),
  });
  await results.writeEvaluation(evaluation);
  return evaluation;
}

async function predict(
  { models, runs, set: { name, own, split }, checked: { images, prepared }, fit }: Measurement,
  { engine: asked, onMessage, ...hooks }: MeasurementOptions,
): Promise<Posteriors> {
  const engine = await useEngine({
    ...asked,
    ...(onMessage ? { onMessage } : {}),
    ...(hooks.onPrepare ? { onPrepare: hooks.onPrepare } : {}),
    ...(hooks.signal ? { signal: hooks.signal } : {}),
  }).catch(async (error) => {
    await prepared.dispose();
    throw error;
  });
  const options = { ...hooks, engine };
  const { cluster } = engine;
  if (!cluster) {
    return await predictRuns(models, images, {
      ...options,
      prepared: { resize: fit, images: prepared },
    });
  }
  await prepared.dispose();
  if (runs && split !== "all" && images === own?.[split]) {
    return await predictTogether(cluster, runs, { images, split }, options);
  }
  throw new DataError(
    `several workers evaluate only the images that ${name} had at the training; ` +
      `evaluate others with one process`,
  );
}

/** The test time that the evaluation records: the scales of all runs. */
function combineTestTimes(testTimes: readonly TestTime[]): TestTime {
  const scales = [...new Set(testTimes.flatMap((testTime) => testTime.scales))];
  return { ...testTimes[0]!, scales: scales.sort((a, b) => a - b) };
}

/** The predictions of all images that could be read, and their sample numbers in the split. */
function toPredictions(
  posteriors: Posteriors,
  images: CheckedImages["images"],
  { name, split }: EvaluationSet,
  weights: string,
): { predictions: Prediction[]; samples: number[] } {
  const means = Array.from(posteriors.means());
  if (means.length === 0) throw new DataError(`no ${split} image of ${name} can be read`);
  for (const { image, probabilities } of means) {
    requireFiniteOutputs(probabilities, images.path(image), weights);
  }
  const predictions = means.map(({ image, probabilities }) => ({
    id: images.path(image),
    actual: images.labels[image]!,
    predicted: probabilities.indexOf(Math.max(...probabilities)),
    probabilities,
  }));
  return { predictions, samples: means.map(({ image }) => image) };
}
