/**
 * The paper's own experiments: its networks, scales, starts and tests, at a size of your choice.
 *
 * `runExperiment` trains and tests what tables 3 to 6 of the paper compare.
 *
 * @example
 * ```ts
 * import { defaultExperiment } from "vgg/paper";
 *
 * Object.keys(defaultExperiment); // what can be set
 * ```
 *
 * @module
 */

export { type ExperimentOptions, runExperiment } from "./experiment.ts";
export { defaultExperiment, type ExperimentSettings } from "./settings.ts";
export type { TestResult } from "./results.ts";
export { paperErrorsFigure } from "./errors_figure.ts";
