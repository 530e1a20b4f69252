import type { Engine } from "../engine/engine.ts";
import { detachCluster } from "../engine/use_engine.ts";
import { type PredictionTask, predictTask } from "../evaluation/predict_together.ts";
import type { TrainOptions } from "../training/options.ts";
import { loadRecorded } from "../training/restore_setup.ts";

/** The message that the chief sends after the last task. */
const goodbye = "leave";

/**
 * Ends the cluster: the other workers end, and this process computes alone again. The chief calls it once,
 * after training and evaluation. Without a cluster it does nothing.
 *
 * @example
 * ```ts ignore
 * import { leaveCluster } from "vgg/distributed";
 * import { evaluate } from "vgg/evaluation";
 * import { train } from "vgg/training";
 *
 * const cluster = { workers: ["alpha:2222", "beta:2222"], index: 0 };
 * const run = await train({ data: "photos", cluster });
 * await evaluate(run); // Every worker evaluates its shard of the images.
 * await leaveCluster();
 * ```
 */
export async function leaveCluster(): Promise<void> {
  const cluster = detachCluster();
  await cluster?.broadcast(goodbye);
  await cluster?.leave();
}

/** Predicts this worker's shard of the images whenever the chief evaluates, until the chief leaves. */
export async function serveChief(
  engine: Engine,
  options: Pick<TrainOptions, "data" | "load">,
): Promise<void> {
  const cluster = engine.cluster!;
  for (;;) {
    const task = await cluster.broadcast<PredictionTask | typeof goodbye>();
    if (task === goodbye) return await detachCluster()!.leave();
    const dataset = await loadRecorded(task.models[0]!.record, options);
    await predictTask(task, dataset, { engine });
  }
}
