import { join } from "@std/path";
import type { Normalization } from "../../data/augment/mod.ts";
import type { PreparedSplit } from "../../data/pipeline/prepared_split.ts";
import type { OnActivity } from "../../display/activity.ts";
import type { Precision } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";
import { bestEpochOf, type HistoryLine } from "../../runs/schemas.ts";
import { notify } from "../callbacks/callback.ts";
import { checkpointTensors, snapshotOf } from "../checkpoint/model_state.ts";
import type { FitOptions } from "../loop/fit.ts";
import type { FitResult } from "../loop/progress.ts";
import { frozenLayers } from "../step/frozen_layers.ts";
import { countCorrect, crossEntropy } from "../step/loss.ts";
import { extractFeatures, type Features } from "./extract_features.ts";
import { LogisticRegression } from "./logistic_regression.ts";

/** The settings of {@linkcode fitLinearProbe}. */
export interface FitClassifierOptions extends
  Pick<
    FitOptions,
    | "model"
    | "recipe"
    | "train"
    | "validation"
    | "microBatch"
    | "signal"
    | "callbacks"
  > {
  readonly normalization: Normalization;
  /** Of the features, the same that predicts later; the classifier is trained in float32. */
  readonly precision: Precision;
  /** Features are cached in its folder `features`. Default `data/cache`. */
  readonly cacheDirectory?: string | undefined;
  readonly onMessage?: ((line: string) => void) | undefined;
  /** Called with the number of images that have features and the number of all images. */
  readonly onFeatures?: OnActivity;
}

/** The solver has converged if no component of the gradient is larger. */
const tolerance = 1e-4;

/**
 * Trains only the last layer of a net, as a linear classifier of the features that the layers before it
 * compute: see {@linkcode LogisticRegression}. The features are computed once or read from the cache: see
 * {@linkcode extractFeatures}. An epoch is `passesPerEpoch` steps of the solver. Training ends early if the
 * solver has converged. A resumed training starts again, with the same result.
 */
export async function fitLinearProbe(options: FitClassifierOptions): Promise<FitResult> {
  const { signal } = options;
  const splits = await extractSplits(options).catch((error) => {
    if (signal?.aborted) return undefined;
    throw error;
  });
  if (!splits) return { history: [], bestEpoch: 0, stopped: "interrupted" };
  try {
    return await fitFeatures(options, ...splits);
  } finally {
    tf.dispose(splits.flatMap(({ features, labels }) => [features, labels]));
  }
}

async function fitFeatures(
  options: FitClassifierOptions,
  train: LabeledFeatures,
  validation: LabeledFeatures,
): Promise<FitResult> {
  const { model, recipe, signal, callbacks = [] } = options;
  const classes = model.outputShape.at(-1) as number;
  const regression = new LogisticRegression({ ...train, classes }, {
    weightDecay: recipe.weightDecay.value,
    labelSmoothing: recipe.labelSmoothing,
  });
  const history: HistoryLine[] = [];
  try {
    const lr = await regression.rate();
    for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
      const started = performance.now();
      const gradient = await regression.run(recipe.passesPerEpoch);
      const seconds = (performance.now() - started) / 1000;
      if (signal?.aborted) {
        return { history, bestEpoch: bestEpochOf(history), stopped: "interrupted" };
      }
      const classifier = regression.classifier();
      model.getLayer("predictions").setWeights([classifier.kernel, classifier.bias]);
      tf.dispose({ ...classifier });
      const trained = await score(model, train);
      const validated = await score(model, validation);
      const line = {
        ...{
          epoch,
          ...trained,
          val_loss: validated.loss,
          val_accuracy: validated.accuracy,
          lr,
          seconds,
        },
        images_per_second: options.train.length * recipe.passesPerEpoch / seconds,
      };
      history.push(line);
      const best = bestEpochOf(history) === epoch;
      const snapshot = snapshotOf(() => checkpointTensors(model));
      await notify(callbacks, (callback) => callback.onEpoch?.(line, best, snapshot));
      if (gradient < tolerance) {
        return { history, bestEpoch: bestEpochOf(history), stopped: "converged" };
      }
    }
    return { history, bestEpoch: bestEpochOf(history) };
  } finally {
    regression.dispose();
  }
}

interface LabeledFeatures {
  readonly features: tf.Tensor2D;
  readonly labels: tf.Tensor1D;
}

async function extractSplits(
  options: FitClassifierOptions,
): Promise<[LabeledFeatures, LabeledFeatures]> {
  const { model, train, validation, microBatch: batchSize, normalization, signal } = options;
  const { precision, onMessage, onFeatures } = options;
  const cacheDirectory = join(options.cacheDirectory ?? "data/cache", "features");
  const layers = frozenLayers(model, 0, ["predictions"]);
  const started = performance.now();
  const total = train.length + validation.length;
  const extract = (split: PreparedSplit, before: number): Promise<Features> =>
    extractFeatures(layers, split, {
      ...{ normalization, precision, batchSize, cacheDirectory, signal },
      onProgress: (done) =>
        onFeatures?.(before + done, total, { verb: "Computing features", unit: "images" }),
    });
  const trainFeatures = await extract(train, 0);
  const validationFeatures = await extract(validation, train.length);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const origin = trainFeatures.cached && validationFeatures.cached
    ? `found in ${cacheDirectory}`
    : `computed in ${seconds} s`;
  const rounded = precision === "float32" ? "" : ` in ${precision}`;
  onMessage?.(
    `features   ${trainFeatures.size} per image for ${total} images${rounded}, ${origin}`,
  );
  return [labeled(trainFeatures, train), labeled(validationFeatures, validation)];
}

function labeled(
  { values, length, size }: Features,
  { labels }: PreparedSplit,
): LabeledFeatures {
  return {
    features: tf.tensor2d(values, [length, size]),
    labels: tf.tensor1d(Int32Array.from(labels), "int32"),
  };
}

/** Computes the mean cross-entropy and the accuracy of the last layer. */
async function score(
  model: tf.LayersModel,
  { features, labels }: LabeledFeatures,
): Promise<{ loss: number; accuracy: number }> {
  if (labels.size === 0) return { loss: NaN, accuracy: NaN };
  const summary = tf.tidy(() => {
    const logits = model.getLayer("predictions").apply(features) as tf.Tensor2D;
    return tf.stack([crossEntropy(logits, labels), countCorrect(logits, labels)]);
  });
  const [loss, correct] = await summary.data<"float32">().finally(() => summary.dispose());
  return { loss: loss!, accuracy: correct! / labels.size };
}
