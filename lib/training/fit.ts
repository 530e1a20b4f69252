import type { Augment } from "../data/augment/mod.ts";
import { batches, countBatches, type RandomCrop } from "../data/batches.ts";
import type { PreparedSplit } from "../data/cache.ts";
import { tf } from "../engine/tf.ts";
import { isOutOfPatience } from "./early_stopping.ts";
import type { Recipe } from "./recipes.ts";
import type { HistoryLine } from "./run_files.ts";
import { type LearningRate, startSchedule } from "./schedule.ts";
import { SGD } from "./sgd.ts";
import { batchGradients } from "./step.ts";
import { validate } from "./validate.ts";
import { LossWatch } from "./watch.ts";

/** How far training is, after each step. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch, and how many it has. */
  readonly step: number;
  readonly steps: number;
  /** The loss of this step's batch alone. */
  readonly stepLoss: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  /** Until the last epoch ends, at this epoch's pace; validation not counted. */
  readonly secondsLeft: number;
}

/** What {@linkcode fit} works with. */
export interface FitOptions {
  /** Gives logits. */
  readonly model: tf.LayersModel;
  readonly recipe: Recipe;
  readonly train: PreparedSplit;
  readonly validation: PreparedSplit;
  /** Makes a net's input of a training batch, and of a validation batch. */
  readonly augment: Augment;
  readonly prepare: Augment;
  readonly crop?: RandomCrop;
  readonly microBatch: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (progress: Progress) => void;
  /** After each epoch; `best` says whether its validation accuracy is the highest so far. */
  readonly onEpoch?: (line: HistoryLine, best: boolean) => Promise<void>;
  readonly onWarning?: (line: string) => void;
}

/** How training ended. */
export interface FitResult {
  readonly history: readonly HistoryLine[];
  /** Counted from 1; 0 where no epoch was finished. */
  readonly bestEpoch: number;
  /** Why it ended before the last epoch, if it did. */
  readonly stopped?: "interrupted" | "early stopping";
}

/**
 * Trains a net by a recipe: the loop of this project.
 *
 * An aborted signal ends it after the running step; the epoch it was in leaves no history.
 *
 * @throws {TrainingError} Where the loss is no number any more.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { recipe, train, signal } = options;
  const steps = recipe.passes * countBatches(train.length, { batchSize: recipe.batchSize });
  const rate = startSchedule(recipe.schedule, recipe.epochs * steps);
  const optimizer = new SGD(recipe);
  const watch = new LossWatch(options.model.outputShape.at(-1) as number);
  const history: HistoryLine[] = [];
  let bestEpoch = 0;
  try {
    for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
      const trained = await trainEpoch(options, { epoch, steps, rate, optimizer, watch });
      if (signal?.aborted) return { history, bestEpoch, stopped: "interrupted" };
      const line = { ...trained, ...await validated(options) };
      const best = !(line.val_accuracy <= (history[bestEpoch - 1]?.val_accuracy ?? -1));
      if (best) bestEpoch = epoch;
      history.push(line);
      rate.epochEnded(line.val_accuracy);
      await options.onEpoch?.(line, best);
      if (isOutOfPatience({ epoch, bestEpoch }, recipe.earlyStopping)) {
        return { history, bestEpoch, stopped: "early stopping" };
      }
    }
    return { history, bestEpoch };
  } finally {
    optimizer.dispose();
  }
}

/** What lasts from one epoch to the next. */
interface Epoch {
  readonly epoch: number;
  readonly steps: number;
  readonly rate: LearningRate;
  readonly optimizer: SGD;
  readonly watch: LossWatch;
}

type TrainedLine = Omit<HistoryLine, "val_loss" | "val_accuracy">;

async function trainEpoch(options: FitOptions, epoch: Epoch): Promise<TrainedLine> {
  const { recipe, train, seed, crop, signal } = options;
  const started = performance.now();
  let [step, images, loss, correct, lr] = [0, 0, 0, 0, 0];
  const line = (): TrainedLine => {
    const seconds = (performance.now() - started) / 1000;
    const means = { loss: loss / images, accuracy: correct / images };
    return { epoch: epoch.epoch, ...means, lr, seconds, images_per_second: images / seconds };
  };
  for (let pass = 0; pass < recipe.passes; pass++) {
    const number = (epoch.epoch - 1) * recipe.passes + pass;
    const { batchSize } = recipe;
    for await (
      const batch of batches(train, { batchSize, seed, epoch: number, ...(crop ? { crop } : {}) })
    ) {
      const total = (epoch.epoch - 1) * epoch.steps + step;
      lr = epoch.rate.at(total);
      const result = trainStep(options, epoch.optimizer, { batch, lr, step: total });
      step += 1;
      images += batch.length;
      loss += result.loss * batch.length;
      correct += result.correct;
      const warning = epoch.watch.observe(result.loss, lr);
      if (warning) options.onWarning?.(warning);
      const place = { step, steps: epoch.steps, epochs: recipe.epochs, stepLoss: result.loss };
      options.onStep?.(progressOf(line(), place));
      // A turn of the event loop: the next batch and Ctrl-C get their chance.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (signal?.aborted) return line();
    }
  }
  return line();
}

function progressOf(
  { epoch, loss, accuracy, seconds, images_per_second: imagesPerSecond }: TrainedLine,
  place: Pick<Progress, "step" | "steps" | "epochs" | "stepLoss">,
): Progress {
  const { step, steps, epochs } = place;
  const secondsLeft = seconds / step * ((epochs - epoch + 1) * steps - step);
  return { ...place, epoch, loss, accuracy, imagesPerSecond, secondsLeft };
}

function trainStep(
  options: FitOptions,
  optimizer: SGD,
  { batch, lr, step }: { batch: Parameters<Augment>[0]; lr: number; step: number },
): { loss: number; correct: number } {
  const { model, recipe: { labelSmoothing }, microBatch, seed } = options;
  return tf.tidy(() => {
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const images = options.augment(batch, Math.imul(seed, 1_000_003) + step);
    const labels = tf.tensor1d(Int32Array.from(batch.labels), "int32");
    const { gradients, loss, correct } = batchGradients(model, variables, images, labels, {
      labelSmoothing,
      microBatch,
      seed: [seed, step],
    });
    optimizer.apply(variables, gradients, lr);
    tf.dispose(gradients);
    return { loss, correct };
  });
}

async function validated(
  { model, validation, prepare, microBatch }: FitOptions,
): Promise<Pick<HistoryLine, "val_loss" | "val_accuracy">> {
  const { loss, accuracy } = await validate(model, validation, prepare, microBatch);
  return { val_loss: loss, val_accuracy: accuracy };
}
