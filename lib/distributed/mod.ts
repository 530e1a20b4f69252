/**
 * Training of one net by several workers.
 *
 * The chief calls `train` with a cluster; the other workers call `joinTraining`.
 *
 * @example
 * ```ts ignore
 * import { joinTraining } from "vgg/distributed";
 *
 * await joinTraining({ cluster: { workers: ["alpha:2222", "beta:2222"], index: 1 } });
 * ```
 *
 * @module
 */

export { type JoinOptions, joinTraining } from "./join_training.ts";
export { leaveCluster } from "./serve_chief.ts";
