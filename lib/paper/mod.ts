/**
 * The paper's experiments: its networks, scales, initial weights and tests, at a size of your choice.
 *
 * `runExperiment` trains and tests the networks of the paper's tables 3 and 4.
 *
 * @example
 * ```ts
 * import { defaultExperiment } from "vgg/paper";
 *
 * Object.keys(defaultExperiment); // the names of all settings
 * ```
 *
 * @module
 */

export { type ExperimentOptions, runExperiment, type RunHooks } from "./experiment.ts";
export { defaultExperiment, type ExperimentSettings } from "./settings.ts";
export type { PlannedRun } from "./plan.ts";
export type { PublishedErrors, TrainSide } from "./published.ts";
export type { TestResult } from "./results.ts";
export { paperErrorsFigure } from "./errors_figure.ts";
