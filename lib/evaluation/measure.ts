import type { ClassLabel, Resize } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { decodeAhead } from "../data/pipeline/decode_ahead.ts";
import { type PreparedSplit, prepareImages } from "../data/pipeline/prepared_split.ts";
import { defined } from "../defined.ts";
import type { OnActivity } from "../display/activity.ts";
import { loadEngineEarly } from "../engine/load_early.ts";
import type { Engine, EngineOptions } from "../engine/engine.ts";
import { runningEngine, useEngine } from "../engine/use_engine.ts";
import type { Results } from "../runs/results.ts";
import { largestOf, mostKept, mostListed } from "../runs/sparse.ts";
import type { RunRecord } from "../runs/run_record.ts";
import type { Evaluation, Prediction, TestTime } from "../runs/schemas.ts";
import { type CheckedImages, hooksOf } from "./checked_images.ts";
import type { EvaluationSet } from "./evaluation_set.ts";
import { requireFiniteOutputs } from "./finite_outputs.ts";
import { saveMistakes } from "./metrics/mistakes.ts";
import { type EvaluationContext, summarize } from "./metrics/summarize.ts";
import type { Posteriors } from "./posteriors.ts";
import { type EvaluatedModel, keyOf, predictRuns } from "./predict_runs.ts";
import { predictTogether } from "./predict_together.ts";
import { passesOf, resizeForPass } from "./test_time.ts";

/** What {@linkcode measure} measures, and where its files go. */
export interface Measurement {
  readonly models: readonly EvaluatedModel[];
  /** The same models where they are runs, which several workers can predict together. */
  readonly runs?: readonly (EvaluatedModel & { readonly record: RunRecord })[];
  readonly set: EvaluationSet;
  /** The size at which the images are decoded to check them. */
  readonly fit: Resize;
  /** Checks the decoded images, and may find that others are to be measured on. */
  readonly check: (prepared: PreparedSplit) => CheckedImages | Promise<CheckedImages>;
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

/** The number of images up to which all are one batch, for which nothing is decoded ahead. */
const fewImages = 64;

/** Images that are decoded ahead of the network: as many as four large batches have. */
const imagesAhead = 256;

/** What was predicted, of which images. */
interface Measured {
  readonly posteriors: Posteriors;
  readonly checked: CheckedImages;
}

/**
 * Decodes, checks and predicts images, and writes predictions, mistakes and the evaluation into a folder. It
 * starts the engine.
 */
export async function measure(
  measurement: Measurement,
  options: MeasurementOptions,
): Promise<Evaluation> {
  const { models, set, classes, results, context } = measurement;
  const { posteriors, checked } = await predictAhead(measurement, options) ??
    await predictDecoded(measurement, options);
  const { images, prepared: { digest, broken }, overlap } = checked;
  const { name, source, split, unknown } = set;
  const { weights, weights_file, runs = [results.directory] } = context;
  if (classes.length > mostListed) {
    options.onMessage?.(
      `of ${
        classes.length.toLocaleString("en-US")
      } classes predictions.jsonl has the ${mostKept} likeliest ones ` +
        "of each image, and evaluation.json the cells of the confusion matrix that are not 0",
    );
  }
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

/**
 * Predicts the centers of images while later ones are decoded, and checks all at the end of the first pass.
 *
 * @returns Nothing where that cannot be done.
 */
async function predictAhead(
  measurement: Measurement,
  options: MeasurementOptions,
): Promise<Measured | undefined> {
  const { models, set: { images }, fit, check } = measurement;
  const passes = models.flatMap(({ testTime }) => passesOf(testTime));
  const firstFit = resizeForPass(models[0]!.record, passes[0]!);
  const isAhead = passes[0]!.crops === "center" && keyOf(firstFit) === keyOf(fit) &&
    // Drawn images are kept in a file. A few are decoded as soon as the engine starts.
    images.drawnAs === undefined && images.length > fewImages && !runningEngine()?.cluster;
  if (!isAhead) return undefined;
  loadEngineEarly(options.engine ?? {});
  await using decoded = decodeAhead(images, fit, {
    ...{ ahead: imagesAhead, keep: passes.length > 1 },
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const engine = await startEngine(options);
  const { onMessage: _, ...hooks } = options;
  let checked: CheckedImages | undefined;
  const onDecoded = async (prepared: PreparedSplit): Promise<void> => {
    checked = await check(prepared);
    if (checked.prepared !== prepared) throw new OtherImages();
  };
  try {
    const decoding = { resize: fit, decoded, onDecoded };
    const posteriors = await predictRuns(models, images, { ...hooks, engine, decoding });
    return { posteriors, checked: checked! };
  } catch (error) {
    if (!(error instanceof OtherImages)) throw error;
    return { posteriors: await predict(measurement, checked!, options), checked: checked! };
  }
}

/** The check found that others are to be measured on. */
class OtherImages extends Error {}

async function predictDecoded(
  measurement: Measurement,
  options: MeasurementOptions,
): Promise<Measured> {
  const { set, fit, check } = measurement;
  const prepared = await prepareImages(set.images, fit, hooksOf(options));
  let checked: CheckedImages;
  try {
    checked = await check(prepared);
  } catch (error) {
    await prepared.dispose();
    throw error;
  }
  if (checked.prepared !== prepared) await prepared.dispose();
  return { posteriors: await predict(measurement, checked, options), checked };
}

async function predict(
  { models, runs, set: { name, own, split }, fit }: Measurement,
  { images, prepared }: CheckedImages,
  options: MeasurementOptions,
): Promise<Posteriors> {
  const engine = await startEngine(options).catch(async (error) => {
    await prepared.dispose();
    throw error;
  });
  const { onMessage: _, ...hooks } = options;
  const { cluster } = engine;
  if (!cluster) {
    return await predictRuns(models, images, {
      ...{ ...hooks, engine },
      prepared: { resize: fit, images: prepared },
    });
  }
  await prepared.dispose();
  if (runs && split !== "all" && images === own?.[split]) {
    return await predictTogether(cluster, runs, { images, split }, { ...hooks, engine });
  }
  throw new DataError(
    `several workers evaluate only the images that ${name} had at the training; ` +
      `evaluate others with one process`,
  );
}

async function startEngine(
  { engine, onMessage, onPrepare, signal }: MeasurementOptions,
): Promise<Engine> {
  return await useEngine({
    ...engine,
    ...defined({ onMessage, onPrepare, signal }),
  });
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
    predicted: largestOf(probabilities),
    probabilities,
  }));
  return { predictions, samples: means.map(({ image }) => image) };
}
