import type { Augment } from "../data/augment/mod.ts";
import { type Batch, batches, countBatches, type RandomCrop } from "../data/batches.ts";
import type { PreparedSplit } from "../data/cache.ts";
import { partOf } from "../data/part.ts";
import type { Cluster } from "../engine/cluster.ts";
import type { Precision } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { checkpointTensors, restoreTensors } from "./checkpoint_tensors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { Course } from "./course.ts";
import { drawAhead, type DrawnBatch } from "./draw_ahead.ts";
import type { Keeper, Moment } from "./keeper.ts";
import type { Recipe } from "./recipes.ts";
import type { HistoryLine } from "./run_files.ts";
import { type EpochStep, StagedStep } from "./staged_step.ts";
import type { TrainingStep } from "./training_step.ts";
import { Validation } from "./validation.ts";
import { TrainingError } from "./watch.ts";

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
  /** Keeps what is reached. Without one, a loss that is no number ends training at once. */
  readonly keeper?: Keeper;
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
 * loss is no number any more it goes back, once, to the last good checkpoint and on from there at a
 * tenth of the rate.
 *
 * @throws {TrainingError} Where the loss is no number again, or there is nothing to go back to.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { model } = options;
  const tools = {
    staged: new StagedStep(model, options),
    validation: new Validation(model, options),
  };
  try {
    return await goOn(options, tools, options.from);
  } finally {
    tools.staged.dispose();
    tools.validation.dispose();
  }
}

/** What computes, over all epochs. */
interface Tools {
  readonly staged: StagedStep;
  readonly validation: Validation;
}

async function goOn(options: FitOptions, tools: Tools, from?: Checkpoint): Promise<FitResult> {
  const { model, recipe, train } = options;
  const course = new Course({
    recipe,
    steps: recipe.passes * countBatches(train.length, { batchSize: recipe.batchSize }),
    classes: model.outputShape.at(-1) as number,
  }, from?.standing);
  if (from) await restoreTensors(from.arrays, model, stepOf(tools, course));
  try {
    return await follow(options, tools, course);
  } catch (error) {
    return await goOn(options, tools, await rollBack(options, course, error));
  }
}

/** Trains to the end of the course, or until it is interrupted. */
async function follow(options: FitOptions, tools: Tools, course: Course): Promise<FitResult> {
  const { model, keeper } = options;
  const { history } = course;
  const keep = async (epoch?: Moment["epoch"]): Promise<void> => {
    const tensors = checkpointTensors(model, stepOf(tools, course));
    await keeper?.keep({ tensors, standing: course.standing, ...(epoch ? { epoch } : {}) });
  };
  while (!course.isOver) {
    const { isHalted, ...trained } = await trainEpoch(
      options,
      tools.staged.at(course.epoch),
      course,
      keep,
    );
    if (isHalted) {
      await keep();
      return { history, bestEpoch: course.bestEpoch, stopped: "interrupted" };
    }
    const { loss, accuracy } = await tools.validation.run(options.validation, options.microBatch);
    if (options.validation.length > 0) course.watch.requireNumber(loss, trained.lr);
    const line = { ...trained, val_loss: loss, val_accuracy: accuracy };
    const best = course.endEpoch(line);
    await keep({ history: [...history], best });
    await options.onEpoch?.(line, best);
  }
  const { bestEpoch, isOutOfPatience } = course;
  return { history, bestEpoch, ...(isOutOfPatience ? { stopped: "early stopping" } : {}) };
}

/** The step of the epoch that goes on, if one does. */
function stepOf({ staged }: Tools, course: Course): TrainingStep | undefined {
  return course.isOver ? undefined : staged.at(course.epoch).step;
}

/** What the rate is multiplied by once the loss was no number. */
const lowerRate = 0.1;

/** The checkpoint to go back to; throws the error where that does not help. */
async function rollBack(
  { keeper, onWarning }: FitOptions,
  course: Course,
  error: unknown,
): Promise<Checkpoint> {
  if (!(error instanceof TrainingError) || !keeper) throw error;
  if (course.isRolledBack) {
    throw new TrainingError(`${error.message}. A tenth of the rate did not help`);
  }
  const checkpoint = await keeper.lastGood();
  const { steps } = checkpoint.standing;
  onWarning?.(`${error.message}. Going back to step ${steps}, and on at a tenth of the rate`);
  return { ...checkpoint, standing: { ...checkpoint.standing, rateFactor: lowerRate } };
}

interface TrainedLine extends Omit<HistoryLine, "val_loss" | "val_accuracy"> {
  /** Whether the user, or that of another worker, asked to end. */
  readonly isHalted: boolean;
}

/** Trains what is left of the epoch that goes on. */
async function trainEpoch(
  options: FitOptions,
  { step, factor }: EpochStep,
  course: Course,
  keep: () => Promise<void>,
): Promise<TrainedLine> {
  const { recipe, signal, keeper, cluster } = options;
  const { tally, watch, epochSteps: steps } = course;
  let isHalted = false;
  tally.goOn();
  for await (const { batch, drawn } of epochBatches(options, course)) {
    tally.gotData();
    const rate = course.rate * factor;
    const seed = [options.seed, course.steps] as const;
    const { labels } = batch;
    const halt = signal?.aborted ?? false;
    const result = await step.run({ drawn, labels, rate, seed, part: batch, halt })
      .finally(() => tf.dispose(drawn));
    tally.add(result, batch.of, rate);
    const warning = watch.observe(result.loss, rate);
    if (warning) options.onWarning?.(warning);
    options.onStep?.(tally.progress({ steps, epochs: recipe.epochs, stepLoss: result.loss }));
    // A turn of the event loop, for Ctrl-C where the step itself leaves it none.
    await new Promise((resolve) => setTimeout(resolve, 0));
    // Several workers must end after the same step.
    isHalted = cluster ? result.halt : signal?.aborted ?? false;
    if (isHalted) break;
    if (keeper?.isDue) await keep();
    tally.wantsData();
  }
  return { ...tally.line(), isHalted };
}

/** The batches that an epoch still needs, over all its passes, each drawn while the step before runs. */
async function* epochBatches(
  { recipe, train, seed, crop, augment, cluster }: FitOptions,
  { epoch, steps: first, tally: { step: done } }: Course,
): AsyncGenerator<DrawnBatch, void, void> {
  const { batchSize } = recipe;
  const ofPass = countBatches(train.length, { batchSize });
  async function* passes(): AsyncGenerator<Batch, void, void> {
    for (let pass = Math.floor(done / ofPass); pass < recipe.passes; pass++) {
      yield* batches(train, {
        batchSize,
        seed,
        epoch: (epoch - 1) * recipe.passes + pass,
        skip: Math.max(0, done - pass * ofPass),
        ...(crop ? { crop } : {}),
        part: partOf(cluster),
      });
    }
  }
  yield* drawAhead(
    passes(),
    (batch, number) => augment.draw(batch, Math.imul(seed, 1_000_003) + first + number),
  );
}
