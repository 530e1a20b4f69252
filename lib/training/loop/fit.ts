import type { PreparedSplit } from "../../data/pipeline/prepared_split.ts";
import { tf } from "../../engine/tf.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import { type Callback, notify } from "../callbacks/callback.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import {
  checkpointTensors,
  restoreTensors,
  type Snapshot,
  snapshotOf,
} from "../checkpoint/model_state.ts";
import type { TrainingProgress } from "../checkpoint/training_progress.ts";
import { TrainingError } from "../errors.ts";
import type { Recipe } from "../recipes.ts";
import { keptShare } from "../step/lookahead.ts";
import type { TrainingStep } from "../step/training_step.ts";
import { UnfreezingStep, type UnfreezingStepOptions } from "../step/unfreezing_step.ts";
import { countSteps, epochBatches, type EpochBatchesOptions } from "./epoch_batches.ts";
import type { FitResult } from "./progress.ts";
import { TrainingState } from "./training_state.ts";
import { Validation, type ValidationOptions } from "./validate.ts";

/** What {@linkcode fit} trains, and how. */
export interface FitOptions
  extends EpochBatchesOptions, Omit<UnfreezingStepOptions, "frozen">, ValidationOptions {
  /** Gives logits. */
  readonly model: tf.LayersModel;
  readonly recipe: Recipe;
  readonly validation: PreparedSplit;
  /** Where to continue; by default training begins. */
  readonly from?: Checkpoint;
  readonly signal?: AbortSignal;
  /** Their `onStep`, `onEpoch` and `onInterrupt` are called here, the others by the caller. */
  readonly callbacks?: readonly Callback[];
  /** Reads the newest checkpoint without NaN, for a roll-back. Without it there is none. */
  readonly lastFinite?: () => Promise<Checkpoint>;
  readonly onWarning?: (line: string) => void;
}

/**
 * Trains a net by a recipe: the training loop of this project.
 *
 * An aborted signal ends training after the current step; the unfinished epoch leaves no history. If
 * the loss becomes NaN or infinite, training rolls back, once, to the last finite checkpoint and
 * continues at a tenth of the rate.
 *
 * @throws {TrainingError} If the loss becomes NaN or infinite again, or there is no roll-back.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { model } = options;
  const steps = new UnfreezingStep(model, options);
  const validation = new Validation(model, options);
  try {
    let { from } = options;
    for (;;) {
      const loop = createLoop(options, steps, validation, from?.progress);
      if (from) await restoreTensors(from.arrays, model, stepOf(loop));
      try {
        return await trainEpochs(loop);
      } catch (error) {
        from = await rollBack(loop, error);
      }
    }
  } finally {
    steps.dispose();
    validation.dispose();
  }
}

/** A training from its start, or from a roll-back on. */
interface Loop {
  readonly options: FitOptions;
  readonly steps: UnfreezingStep;
  readonly validation: Validation;
  readonly state: TrainingState;
  readonly callbacks: readonly Callback[];
}

function createLoop(
  options: FitOptions,
  steps: UnfreezingStep,
  validation: Validation,
  progress?: TrainingProgress,
): Loop {
  const { recipe, model, onWarning, callbacks = [] } = options;
  const classes = model.outputShape.at(-1) as number;
  const setup = { recipe, steps: countSteps(options), classes, onWarning };
  const state = new TrainingState(setup, progress);
  return { options, steps, validation, state, callbacks: [...state.callbacks, ...callbacks] };
}

/** Trains until the last epoch, early stopping or an interruption. */
async function trainEpochs(loop: Loop): Promise<FitResult> {
  const { options, validation, state, callbacks } = loop;
  const { history } = state;
  while (!state.isOver) {
    const trained = await trainEpoch(loop);
    if (!trained) {
      const snapshot = takeSnapshot(loop);
      await notify(callbacks, (callback) => callback.onInterrupt?.(snapshot));
      return { history, bestEpoch: state.bestEpoch, stopped: "interrupted" };
    }
    const { loss, accuracy } = await validation.run(options.validation, options.microBatch);
    const line = { ...trained, val_loss: loss, val_accuracy: accuracy };
    const best = state.endEpoch(line);
    const snapshot = takeSnapshot(loop);
    await notify(callbacks, (callback) => callback.onEpoch?.(line, best, snapshot));
  }
  const { bestEpoch, isOutOfPatience } = state;
  const result: FitResult = {
    ...{ history, bestEpoch },
    ...(isOutOfPatience ? { stopped: "early stopping" } : {}),
  };
  await notify(state.callbacks, (callback) => callback.onEnd?.(result));
  return result;
}

/** Trains the rest of the current epoch; gives nothing if training was interrupted in it. */
async function trainEpoch(
  loop: Loop,
): Promise<Omit<HistoryLine, "val_loss" | "val_accuracy"> | undefined> {
  const { options, state, callbacks } = loop;
  const { recipe: { epochs }, signal, cluster } = options;
  const { step, factor } = loop.steps.at(state.epoch);
  const { metrics, epochSteps: steps } = state;
  metrics.startTimer();
  for await (const { batch, drawn } of epochBatches(options, state)) {
    metrics.endWait();
    const rate = state.rate * factor;
    const seed = [options.seed, state.steps] as const;
    const { labels } = batch;
    const stopRequested = signal?.aborted ?? false;
    const result = await step.run({ drawn, labels, rate, seed, part: batch, stopRequested })
      .finally(() => tf.dispose(drawn));
    metrics.add(result, batch.globalBatchSize, rate);
    const kept = keptShare(options.recipe.lookahead, state.steps, epochs * steps);
    if (kept !== undefined) step.lookAhead(kept);
    const progress = metrics.progress({ steps, epochs, stepLoss: result.loss });
    const snapshot = takeSnapshot(loop);
    await notify(callbacks, (callback) => callback.onStep?.(progress, snapshot));
    // A turn of the event loop, for Ctrl-C where the step itself leaves it none.
    await new Promise((resolve) => setTimeout(resolve, 0));
    // Several workers must end after the same step.
    if (cluster ? result.wasStopped : signal?.aborted) return undefined;
    metrics.beginWait();
  }
  return metrics.toHistoryLine();
}

function takeSnapshot(loop: Loop): Snapshot {
  const { options: { model }, state } = loop;
  return snapshotOf(() => checkpointTensors(model, stepOf(loop)), () => state.progress);
}

/** The step of the current epoch or, after the last one, of that: the run may be trained on. */
function stepOf({ steps, state }: Loop): TrainingStep {
  return steps.at(state.isOver ? state.epoch - 1 : state.epoch).step;
}

/** Factor on the learning rate after a roll-back. */
const lowerRate = 0.1;

/** Gives the checkpoint to continue from; throws the error if that does not help. */
async function rollBack(
  { options: { lastFinite, onWarning }, state }: Loop,
  error: unknown,
): Promise<Checkpoint> {
  if (!(error instanceof TrainingError) || !lastFinite) throw error;
  if (state.isRolledBack) {
    throw new TrainingError(`${error.message}. A tenth of the rate did not help`);
  }
  const checkpoint = await lastFinite();
  const { steps } = checkpoint.progress;
  onWarning?.(`${error.message}. Going back to step ${steps}, and on at a tenth of the rate`);
  return { ...checkpoint, progress: { ...checkpoint.progress, rateFactor: lowerRate } };
}
