import type { Augment } from "../../data/augment/mod.ts";
import { type Batch, batches, countBatches, type RandomCrop } from "../../data/pipeline/batches.ts";
import type { PreparedSplit } from "../../data/pipeline/prepared_split.ts";
import { shardOf } from "../../data/pipeline/shard.ts";
import type { Cluster } from "../../engine/cluster.ts";
import type { Precision } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";
import { checkpointTensors, restoreTensors } from "../checkpoint/model_state.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { TrainingState } from "./training_state.ts";
import { type AugmentedBatch, prefetchBatches } from "./prefetch.ts";
import type { Checkpointer, CheckpointInput } from "../checkpoint/checkpointer.ts";
import type { Recipe } from "../recipes.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import { type EpochStep, UnfreezingStep } from "../step/unfreezing_step.ts";
import type { TrainingStep } from "../step/training_step.ts";
import { Validation } from "./validate.ts";
import { TrainingError } from "./loss_monitor.ts";

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
  /** The most that go through the net at once. */
  readonly microBatch: number;
  /** The workers that each take a part of every batch. */
  readonly cluster?: Cluster;
  readonly precision: Precision;
  readonly seed: number;
  /** Keeps what is reached. Without one, a loss that is not finite ends training at once. */
  readonly checkpointer?: Checkpointer;
  /** Where to go on; by default training begins. */
  readonly from?: Checkpoint;
  readonly signal?: AbortSignal;
  readonly onStep?: (progress: Progress) => void;
  /** After each epoch; `best` says whether its validation accuracy is the highest so far. */
  readonly onEpoch?: (line: HistoryLine, best: boolean) => void | Promise<void>;
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
 * An aborted signal ends it after the running step; the epoch it was in leaves no history. Where the
 * loss is not finite any more it goes back, once, to the last good checkpoint and on from there at a
 * tenth of the rate.
 *
 * @throws {TrainingError} Where the loss is not finite again, or there is nothing to go back to.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { model } = options;
  const tools = {
    unfreezing: new UnfreezingStep(model, options),
    validation: new Validation(model, options),
  };
  try {
    return await trainFrom(options, tools, options.from);
  } finally {
    tools.unfreezing.dispose();
    tools.validation.dispose();
  }
}

/** What computes, over all epochs. */
interface Computation {
  readonly unfreezing: UnfreezingStep;
  readonly validation: Validation;
}

async function trainFrom(
  options: FitOptions,
  tools: Computation,
  from?: Checkpoint,
): Promise<FitResult> {
  const { model, recipe, train } = options;
  const state = new TrainingState({
    recipe,
    steps: recipe.passesPerEpoch * countBatches(train.length, { batchSize: recipe.batchSize }),
    classes: model.outputShape.at(-1) as number,
  }, from?.progress);
  if (from) await restoreTensors(from.arrays, model, stepOf(tools, state));
  try {
    return await runEpochs(options, tools, state);
  } catch (error) {
    return await trainFrom(options, tools, await rollBack(options, state, error));
  }
}

/** Trains to the last epoch, or until it is interrupted. */
async function runEpochs(
  options: FitOptions,
  tools: Computation,
  state: TrainingState,
): Promise<FitResult> {
  const { model, checkpointer } = options;
  const { history } = state;
  const save = async (epoch?: CheckpointInput["epoch"]): Promise<void> => {
    const tensors = checkpointTensors(model, stepOf(tools, state));
    await checkpointer?.save({ tensors, progress: state.progress, ...(epoch ? { epoch } : {}) });
  };
  while (!state.isOver) {
    const { wasStopped: wasStopped, ...trained } = await trainEpoch(
      options,
      tools.unfreezing.at(state.epoch),
      state,
      save,
    );
    if (wasStopped) {
      await save();
      return { history, bestEpoch: state.bestEpoch, stopped: "interrupted" };
    }
    const { loss, accuracy } = await tools.validation.run(options.validation, options.microBatch);
    if (options.validation.length > 0) state.monitor.requireFinite(loss, trained.lr);
    const line = { ...trained, val_loss: loss, val_accuracy: accuracy };
    const best = state.endEpoch(line);
    await save({ history: [...history], best });
    await options.onEpoch?.(line, best);
  }
  const { bestEpoch, isOutOfPatience } = state;
  return { history, bestEpoch, ...(isOutOfPatience ? { stopped: "early stopping" } : {}) };
}

/** The step of the epoch that goes on, if one does. */
function stepOf(
  { unfreezing }: Computation,
  state: TrainingState,
): TrainingStep | undefined {
  return state.isOver ? undefined : unfreezing.at(state.epoch).step;
}

/** What the rate is multiplied by once the loss was not finite. */
const lowerRate = 0.1;

/** The checkpoint to go back to; throws the error where that does not help. */
async function rollBack(
  { checkpointer, onWarning }: FitOptions,
  state: TrainingState,
  error: unknown,
): Promise<Checkpoint> {
  if (!(error instanceof TrainingError) || !checkpointer) throw error;
  if (state.isRolledBack) {
    throw new TrainingError(`${error.message}. A tenth of the rate did not help`);
  }
  const checkpoint = await checkpointer.lastFinite();
  const { steps } = checkpoint.progress;
  onWarning?.(`${error.message}. Going back to step ${steps}, and on at a tenth of the rate`);
  return { ...checkpoint, progress: { ...checkpoint.progress, rateFactor: lowerRate } };
}

interface TrainedLine extends Omit<HistoryLine, "val_loss" | "val_accuracy"> {
  /** Whether the user, or that of another worker, asked to end. */
  readonly wasStopped: boolean;
}

/** Trains what is left of the epoch that goes on. */
async function trainEpoch(
  options: FitOptions,
  { step, factor }: EpochStep,
  state: TrainingState,
  save: () => Promise<void>,
): Promise<TrainedLine> {
  const { recipe, signal, checkpointer, cluster } = options;
  const { metrics: metrics, monitor: watch, epochSteps: steps } = state;
  let wasStopped = false;
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
    const warning = watch.record(result.loss, rate);
    if (warning) options.onWarning?.(warning);
    options.onStep?.(metrics.progress({ steps, epochs: recipe.epochs, stepLoss: result.loss }));
    // A turn of the event loop, for Ctrl-C where the step itself leaves it none.
    await new Promise((resolve) => setTimeout(resolve, 0));
    // Several workers must end after the same step.
    wasStopped = cluster ? result.wasStopped : signal?.aborted ?? false;
    if (wasStopped) break;
    if (checkpointer?.isSaveDue) await save();
    metrics.beginWait();
  }
  return { ...metrics.toHistoryLine(), wasStopped: wasStopped };
}

/** The batches that an epoch still needs, over all its passes, each drawn while the step before runs. */
async function* epochBatches(
  { recipe, train, seed, crop, augment, cluster }: FitOptions,
  { epoch, steps: first, metrics: { step: done } }: TrainingState,
): AsyncGenerator<AugmentedBatch, void, void> {
  const { batchSize } = recipe;
  const ofPass = countBatches(train.length, { batchSize });
  async function* passes(): AsyncGenerator<Batch, void, void> {
    for (let pass = Math.floor(done / ofPass); pass < recipe.passesPerEpoch; pass++) {
      yield* batches(train, {
        batchSize,
        seed,
        epoch: (epoch - 1) * recipe.passesPerEpoch + pass,
        skip: Math.max(0, done - pass * ofPass),
        ...(crop ? { crop } : {}),
        shard: shardOf(cluster),
      });
    }
  }
  yield* prefetchBatches(
    passes(),
    (batch, number) => augment.sample(batch, Math.imul(seed, 1_000_003) + first + number),
  );
}
