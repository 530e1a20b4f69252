import { detachCluster, type Engine } from "../engine/use_engine.ts";
import { type PredictionTask, predictTask } from "./predict.ts";
import { loadRecorded } from "../training/restore_setup.ts";
import type { TrainOptions } from "../training/train.ts";

/** What the chief says where it asks nothing any more. */
const goodbye = "leave";

/**
 * Lets the other workers end, and this process be alone again. Call it once on the chief when it has
 * trained and evaluated; it does nothing where there is no cluster.
 *
 * @example
 * ```ts ignore
 * const run = await train({ data: "photos", cluster });
 * await evaluate(run); // Every worker its part of the images.
 * await leaveCluster();
 * ```
 */
export async function leaveCluster(): Promise<void> {
  const cluster = detachCluster();
  await cluster?.broadcast(goodbye);
  await cluster?.leave();
}

/** Does what the chief asks of the other workers once training has ended, until it leaves. */
export async function serveChief(
  engine: Engine,
  options: Pick<TrainOptions, "data" | "load">,
): Promise<void> {
  const cluster = engine.cluster!;
  for (;;) {
    const task = await cluster.broadcast<PredictionTask | typeof goodbye>();
    if (task === goodbye) return await detachCluster()!.leave();
    const dataset = await loadRecorded(task[0]!.record, options);
    await predictTask(task, dataset, { engine });
  }
}
