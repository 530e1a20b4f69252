import type { Augment } from "../data/augment/mod.ts";
import { type Batch, batches, countBatches, type RandomCrop } from "../data/batches.ts";
import type { PreparedSplit } from "../data/cache.ts";
import type { Precision } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { drawAhead, type DrawnBatch } from "./draw_ahead.ts";
import { isOutOfPatience } from "./early_stopping.ts";
import { shrink, sideAt } from "./growth.ts";
import type { Recipe } from "./recipes.ts";
import type { HistoryLine } from "./run_files.ts";
import { type LearningRate, startSchedule } from "./schedule.ts";
import { type EpochStep, StagedStep } from "./staged_step.ts";
import { Tally } from "./tally.ts";
import { Validation } from "./validation.ts";
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
  /** Names of the layers that did not come with the weights which the net starts from. */
  readonly newLayers?: readonly string[];
  readonly train: PreparedSplit;
  readonly validation: PreparedSplit;
  /** Makes a net's input of a training batch, and of a validation batch. */
  readonly augment: Augment;
  readonly prepare: Augment;
  readonly crop?: RandomCrop;
  readonly microBatch: number;
  readonly precision: Precision;
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
  readonly stopped?: "interrupted" | "early stopping" | "converged";
}

/**
 * Trains a net by a recipe: the loop of this project.
 *
 * An aborted signal ends it after the running step; the epoch it was in leaves no history.
 *
 * @throws {TrainingError} Where the loss is no number any more.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { recipe, train, signal, model } = options;
  const steps = recipe.passes * countBatches(train.length, { batchSize: recipe.batchSize });
  const rate = startSchedule(recipe.schedule, recipe.epochs * steps);
  const staged = new StagedStep(model, options);
  const validation = new Validation(model, options);
  const watch = new LossWatch(model.outputShape.at(-1) as number);
  const history: HistoryLine[] = [];
  let bestEpoch = 0;
  try {
    for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
      const trained = await trainEpoch(options, { epoch, steps, rate, watch, ...staged.at(epoch) });
      if (signal?.aborted) return { history, bestEpoch, stopped: "interrupted" };
      const { loss, accuracy } = await validation.run(options.validation, options.microBatch);
      const line = { ...trained, val_loss: loss, val_accuracy: accuracy };
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
    staged.dispose();
    validation.dispose();
  }
}

/** What an epoch works with. */
interface Epoch extends EpochStep {
  readonly epoch: number;
  readonly steps: number;
  readonly rate: LearningRate;
  readonly watch: LossWatch;
}

type TrainedLine = Omit<HistoryLine, "val_loss" | "val_accuracy">;

async function trainEpoch(options: FitOptions, epoch: Epoch): Promise<TrainedLine> {
  const { recipe, signal } = options;
  const tally = new Tally(epoch.epoch);
  const first = (epoch.epoch - 1) * epoch.steps;
  for await (const { batch, drawn } of epochBatches(options, epoch)) {
    tally.gotData();
    const number = first + tally.step;
    const lr = epoch.rate.at(number) * epoch.factor;
    const seed = [options.seed, number] as const;
    const result = await epoch.step.run({ drawn, labels: batch.labels, rate: lr, seed });
    tf.dispose(drawn);
    tally.add(result, batch.length, lr);
    const warning = epoch.watch.observe(result.loss, lr);
    if (warning) options.onWarning?.(warning);
    options.onStep?.(
      tally.progress({ steps: epoch.steps, epochs: recipe.epochs, stepLoss: result.loss }),
    );
    // A turn of the event loop, for Ctrl-C where the step itself leaves it none.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (signal?.aborted) break;
    tally.wantsData();
  }
  return tally.line();
}

/** An epoch's batches, over all its passes, each drawn while the step before runs. */
async function* epochBatches(
  { recipe, train, seed, crop, augment }: FitOptions,
  { epoch, steps }: Epoch,
): AsyncGenerator<DrawnBatch, void, void> {
  const first = (epoch - 1) * steps;
  async function* passes(): AsyncGenerator<Batch, void, void> {
    for (let pass = 0; pass < recipe.passes; pass++) {
      yield* batches(train, {
        batchSize: recipe.batchSize,
        seed,
        epoch: (epoch - 1) * recipe.passes + pass,
        ...(crop ? { crop } : {}),
      });
    }
  }
  yield* drawAhead(passes(), (batch, number) => {
    const step = first + number;
    const drawn = augment.draw(batch, Math.imul(seed, 1_000_003) + step);
    const side = sideAt(recipe.growth, step / (recipe.epochs * steps), batch.size);
    return shrink(drawn, batch.size, side);
  });
}
