/**
 * Evaluation: predictions, metrics, and the paper's test-time crops and scales.
 *
 * `evaluate` measures a run and writes the results into its folder; `predict` classifies image files.
 *
 * @example
 * ```ts
 * import { wilsonInterval } from "vgg/evaluation";
 *
 * const [low, high] = wilsonInterval(44, 50); // 44 of 50 images are correct
 * console.assert(low < 0.88 && 0.88 < high);
 * ```
 *
 * @module
 */

export { evaluate, type EvaluateOptions, type EvaluationOptions } from "./evaluate.ts";
export { evaluateWeights, type EvaluateWeightsOptions } from "./evaluate_weights.ts";
export {
  type ClassProbability,
  predict,
  type PredictedFile,
  type PredictOptions,
  type UnreadableFile,
} from "./predict.ts";
export { type Calibration, type CalibrationBin, calibrationOf } from "./metrics/calibration.ts";
export { type ClassScore, classScores } from "./metrics/class_scores.ts";
export { type McNemarTest, mcnemarTest } from "./metrics/mcnemar.ts";
export { mostConfidentMistakes } from "./metrics/mistakes.ts";
export { type ConfusedPair, confusionMatrix, mostConfused } from "./metrics/summarize.ts";
export { type MeanInterval, meanInterval } from "./metrics/mean_interval.ts";
export { wilsonInterval } from "./metrics/wilson.ts";
export { openResults } from "../runs/run.ts";
export type { LockOptions } from "../files/file_lock.ts";
export type { ResultFileName, Results } from "../runs/results.ts";
export {
  type ClassResult,
  type EvaluatedData,
  type EvaluatedSplit,
  evaluatedSplits,
  type Evaluation,
  type Mistake,
  type Prediction,
  type TestCrops,
  testCrops,
  type TestTime,
} from "../runs/schemas.ts";
