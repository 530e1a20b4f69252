import { OutOfMemoryError } from "../engine/errors.ts";
import type { tf } from "../engine/tf.ts";
import { saveWeights } from "../weights/weights.ts";
import type { Checkpoint, ElapsedTime } from "./checkpoint/checkpoint.ts";
import { newCheckpoint } from "./checkpoint/model_state.ts";
import { summarizeData } from "./config/to_record.ts";
import type { FitResult } from "./loop/fit.ts";
import { fitByRecipe } from "./fit_recipe.ts";
import { checkpointsOf, RunCheckpointer } from "./checkpoint/checkpointer.ts";
import { bytesToTrain, tellWhatFits } from "./memory.ts";
import { netMetadata } from "../runs/open_net.ts";
import type { Run } from "../runs/run.ts";
import type { HistoryLine } from "../runs/schemas.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { broadcastCheckpoint, broadcastingCheckpointer } from "./checkpoint/broadcast.ts";
import { defaults } from "./config/settings.ts";
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

/** Trains the remaining epochs of a run and records the result in its folder. */
export async function runTraining(run: Run, work: TrainingJob): Promise<Run> {
  const { model, setup, images, options, from } = work;
  options.onStart?.(run);
  const checkpointer = new RunCheckpointer(run, {
    minutes: options.checkpointMinutes ?? defaults.checkpointMinutes,
    onMessage: options.onMessage,
    ...(from ? { spent: from.spent } : {}),
  });
  // After a resume or a roll-back the same warnings may come again.
  const warnings = new Set(run.record.warnings);
  let noted = Promise.resolve();
  const { cluster } = setup.engine;
  try {
    await cluster?.broadcast(summarizeData(images));
    if (cluster) await broadcastCheckpoint(cluster, from ?? await newCheckpoint(model));
    const result = await fitByRecipe(model, setup, images, {
      ...options,
      checkpointer: cluster ? broadcastingCheckpointer(checkpointer, cluster) : checkpointer,
      ...(from ? { from } : {}),
      onWarning: (line) => {
        warnings.add(line);
        noted = noted.then(() => run.update({ warnings: [...warnings] }));
        noted.catch(() => {});
        options.onMessage?.(line);
      },
    });
    await Promise.all([checkpointer.flush(), noted]);
    await saveWeights(model, run.path("last"), netMetadata(run.record));
    await run.update(outcome(result, checkpointer.spent));
    if (run.record.status === "finished") await checkpointsOf(run.directory).clear();
    return run;
  } catch (error) {
    // On a full disk these fail too; the first error is the one to report.
    await checkpointer.flush().catch(() => {});
    await noted.then(() => run.update({ status: "failed" })).catch(() => {});
    if (error instanceof OutOfMemoryError) throw withAdvice(error, setup);
    throw error;
  }
}

function outcome(
  { history, bestEpoch, stopped }: FitResult,
  spent: ElapsedTime,
): Partial<RunRecord> {
  const accuracy = history[bestEpoch - 1]?.val_accuracy ?? NaN;
  return {
    status: stopped === "interrupted" ? "interrupted" : "finished",
    result: {
      epochs: history.length,
      best_epoch: bestEpoch,
      best_val_accuracy: Number.isFinite(accuracy) ? accuracy : null,
      ...spent,
      data_wait: waitShare(history),
      ...(stopped ? { stopped } : {}),
    },
  };
}

function waitShare(history: readonly HistoryLine[]): number {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const waited = sum(history.map(({ data_wait_seconds: seconds }) => seconds ?? 0));
  return waited / (sum(history.map(({ seconds }) => seconds)) || 1);
}

/** Adds to an error of memory what would fit. */
export function withAdvice(
  { message }: OutOfMemoryError,
  { microBatch, settings: { network } }: Pick<TrainingSetup, "microBatch" | "settings">,
): OutOfMemoryError {
  const advice = microBatch > 1
    ? `Half of that may fit: --batch ${Math.floor(microBatch / 2)}`
    : tellWhatFits(network, bytesToTrain(network) / 2);
  return new OutOfMemoryError(
    `memory ended in a step of ${microBatch} images at ${network.inputSize} px (${message}). ` +
      advice,
  );
}
