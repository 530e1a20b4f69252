/**
 * Training: recipes, the loop, runs and what they leave in their folder.
 *
 * `train` writes everything into a run folder; `openRun` reads it. The engine is started by `train`.
 *
 * @example
 * ```ts ignore
 * import { recipes, train } from "vgg/training";
 *
 * recipes.fast.epochs; // 8
 * const run = await train({ data: "photos", recipe: "fast", changes: { epochs: 4 } });
 * run.record.result?.best_val_accuracy;
 * ```
 *
 * @module
 */

export { train } from "./train.ts";
export type { TrainOptions } from "./options.ts";
export type { InitialWeightsOptions, Scale, TrainSettings } from "./config/settings.ts";
export type { LookaheadSettings, RateFactors, RecipeChanges } from "./config/recipe.ts";
export {
  allRecipes,
  type AnyRecipeName,
  type Recipe,
  type RecipeName,
  recipes,
  type Schedule,
  type TransferRecipeName,
  transferRecipes,
  type WeightDecay,
} from "./recipes.ts";
export { createScheduler, type Scheduler } from "./loop/learning_rate.ts";
export { type EpochsSoFar, stopEarly } from "./loop/early_stopping.ts";
export { TrainingError } from "./errors.ts";
export type { Callback } from "./callbacks/callback.ts";
export type { CheckpointArray } from "./checkpoint/checkpoint.ts";
export type { Snapshot } from "./checkpoint/model_state.ts";
export type {
  EpochMetricsState,
  LossMonitorState,
  TrainingProgress,
} from "./checkpoint/training_progress.ts";
export {
  tensorBoard,
  type TensorBoardCallback,
  type TensorBoardOptions,
} from "./callbacks/tensorboard.ts";
export type { FitResult, Progress } from "./loop/progress.ts";
export type { UnfreezingStage } from "./step/frozen_layers.ts";
export { measureCost, type MeasuredCost, type MeasureOptions } from "./measure_cost.ts";
export { prepareShortRuns, type ShortRun, type ShortRunOptions, ShortRuns } from "./trials.ts";
export { openRun, Run, RunError, type RunFileName } from "../runs/run.ts";
export type {
  InitialWeightsRecord,
  RecordedLoad,
  ResumedRecord,
  RunRecord,
} from "../runs/run_record.ts";
export type { HistoryLine } from "../runs/schemas.ts";
export { findRun } from "./find_run.ts";
export { loadModel } from "../runs/load_model.ts";
