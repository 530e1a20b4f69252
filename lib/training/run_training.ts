import { plural } from "../display/format.ts";
import { OutOfMemoryError } from "../engine/errors.ts";
import type { tf } from "../engine/tf.ts";
import { recordedNetwork } from "../runs/load_model.ts";
import { netMetadata } from "../runs/open_net.ts";
import type { Run } from "../runs/run.ts";
import type { RunRecord } from "../runs/run_record.ts";
import type { HistoryLine } from "../runs/schemas.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import { WeightsError } from "../weights/errors.ts";
import { digestKey } from "../weights/safetensors/digest.ts";
import { openSafetensors } from "../weights/safetensors/open_safetensors.ts";
import { saveWeights } from "../weights/weights.ts";
import { recordBroken } from "./callbacks/broken_files.ts";
import { type Callback, withCallbacks } from "./callbacks/callback.ts";
import { Checkpointer } from "./callbacks/checkpointer.ts";
import { HistoryWriter } from "./callbacks/history_writer.ts";
import { WriteQueue } from "./callbacks/write_queue.ts";
import { broadcastCheckpoint } from "./checkpoint/broadcast.ts";
import type { Checkpoint, ElapsedTime } from "./checkpoint/checkpoint.ts";
import { checkpointsOf } from "./checkpoint/checkpoint_store.ts";
import { ElapsedTimer } from "./checkpoint/elapsed_timer.ts";
import { newCheckpoint } from "./checkpoint/model_state.ts";
import { defaults } from "./config/settings.ts";
import { summarizeData } from "./config/to_record.ts";
import { fitByRecipe, type FitHooks } from "./fit_recipe.ts";
import type { FitResult } from "./loop/progress.ts";
import { bytesToTrain, suggestSmallerNetwork } from "./memory.ts";
import type { TrainOptions } from "./options.ts";
import type { PreparedData, TrainingSetup } from "./setup.ts";

/** What {@linkcode runTraining} works with. */
export interface TrainingJob {
  readonly model: tf.LayersModel;
  readonly setup: TrainingSetup;
  readonly images: PreparedData;
  readonly options: TrainOptions;
  /** Where training continues. By default it begins. */
  readonly from?: Checkpoint;
}

/** Trains the remaining epochs of a run, and records in its folder how it ended. */
export async function runTraining(run: Run, job: TrainingJob): Promise<Run> {
  const { options, setup: { engine: { cluster } }, from } = job;
  const timer = new ElapsedTimer(from?.spent);
  const queue = new WriteQueue();
  const checkpointer = new Checkpointer(run, queue, {
    minutes: options.checkpointMinutes ?? defaults.checkpointMinutes,
    timer,
    onMessage: options.onMessage,
  });
  const callbacks: Callback[] = [
    // In the order in which files are written.
    ...[checkpointer, new HistoryWriter(queue)],
    ...[recordBroken(run, queue, [job.images.train, job.images.validation]), queue],
    ...[options, ...options.callbacks ?? []],
  ];
  const lastFinite = async (): Promise<Checkpoint> => {
    const checkpoint = await checkpointer.lastFinite();
    return cluster ? await broadcastCheckpoint(cluster, checkpoint) : checkpoint;
  };
  const onWarning = recordWarnings(run, queue, options);
  try {
    const result = await withCallbacks(
      callbacks,
      run,
      () => trainModel(run, job, { callbacks, lastFinite, onWarning }),
    );
    const checkpoints = checkpointsOf(run);
    const { stopped } = result;
    if (stopped !== "interrupted" && !job.setup.settings.recipe.linearProbe) {
      await checkpoints.keepOptimizer();
    }
    const best = await digestOfBest(run);
    if (best.fault !== undefined) options.onMessage?.(best.fault);
    await run.update({
      ...outcome(result, timer.elapsed, best.digest, flopsOf(run.record, result)),
      ...(best.fault === undefined ? {} : { warnings: [...run.record.warnings, best.fault] }),
    });
    if (run.record.status === "finished") await checkpoints.clear();
    return run;
  } catch (error) {
    // If the disk is full, this fails as well; the first error is the one to report.
    await run.update({ status: "failed" }).catch(() => {});
    if (error instanceof OutOfMemoryError) throw withAdvice(error, job.setup);
    throw error;
  }
}

/** Trains with the other workers, if there are any, and writes the last weights. */
async function trainModel(
  run: Run,
  { model, setup, images, options, from }: TrainingJob,
  hooks: Required<Pick<FitHooks, "callbacks" | "lastFinite" | "onWarning">>,
): Promise<FitResult> {
  const { cluster } = setup.engine;
  await cluster?.broadcast(summarizeData(images));
  if (cluster) await broadcastCheckpoint(cluster, from ?? await newCheckpoint(model));
  const result = await fitByRecipe(model, setup, images, {
    ...options,
    ...hooks,
    ...(from ? { from } : {}),
  });
  await saveWeights(model, run.path("last"), netMetadata(run.record));
  return result;
}

/** Reports warnings, and adds them to the run's record. */
function recordWarnings(
  run: Run,
  queue: WriteQueue,
  { onMessage }: TrainOptions,
): (line: string) => void {
  // A training that continues from a checkpoint may repeat a warning.
  const warnings = new Set(run.record.warnings);
  return (line) => {
    warnings.add(line);
    queue.add(() => run.update({ warnings: [...warnings] }));
    onMessage?.(line);
  };
}

function outcome(
  { history, bestEpoch, stopped }: FitResult,
  spent: ElapsedTime,
  bestDigest: string | undefined,
  flops: number | undefined,
): Partial<RunRecord> {
  const accuracy = history[bestEpoch - 1]?.val_accuracy ?? NaN;
  return {
    status: stopped === "interrupted" ? "interrupted" : "finished",
    result: {
      epochs: history.length,
      best_epoch: bestEpoch,
      best_val_accuracy: Number.isFinite(accuracy) ? accuracy : null,
      ...(bestDigest === undefined ? {} : { best_sha256: bestDigest }),
      ...spent,
      ...(flops === undefined ? {} : { flops }),
      data_wait: waitShare(history),
      ...(stopped ? { stopped } : {}),
    },
  };
}

/**
 * The arithmetic of the finished epochs: a multiply-add is two operations, and the backward pass takes twice
 * those of the forward pass. Of nets that are unfrozen in stages, or probed, it is not counted.
 */
function flopsOf(
  { recipe, model, data }: RunRecord,
  { history }: FitResult,
): number | undefined {
  if (recipe.linearProbe || recipe.unfreezing) return undefined;
  const { macs } = countVGG(recordedNetwork({ model }));
  return 3 * 2 * macs * data.train * Number(recipe.passesPerEpoch) * history.length;
}

/** The digest of the best weights; none if no epoch was finished, or the file of an earlier process was damaged. */
async function digestOfBest(
  run: Run,
): Promise<{ readonly digest?: string | undefined; readonly fault?: string }> {
  try {
    using file = await openSafetensors(run.path("best"));
    return { digest: file.metadata[digestKey] };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    if (!(error instanceof WeightsError)) throw error;
    return { fault: `${error.message}: this run has lost its best weights, and keeps the last` };
  }
}

function waitShare(history: readonly HistoryLine[]): number {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const waited = sum(history.map(({ data_wait_seconds: seconds }) => seconds ?? 0));
  return waited / (sum(history.map(({ seconds }) => seconds)) || 1);
}

/** Adds to an error of memory what would fit. */
export function withAdvice(
  { message }: OutOfMemoryError,
  { microBatch, settings: { network, recipe } }: Pick<TrainingSetup, "microBatch" | "settings">,
): OutOfMemoryError {
  const advice = microBatch > 1
    ? `Half of that may fit: --batch ${Math.floor(microBatch / 2)}`
    : suggestSmallerNetwork(network, bytesToTrain(network, recipe) / 2, recipe);
  return new OutOfMemoryError(
    `memory ended in a step of ${
      plural(microBatch, "image")
    } at ${network.inputSize} px (${message}). ` +
      advice,
  );
}
