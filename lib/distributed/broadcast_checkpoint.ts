import type { Cluster } from "../engine/cluster.ts";
import type { Checkpoint } from "../training/checkpoint/checkpoint.ts";
import type { Checkpointer } from "../training/checkpoint/checkpointer.ts";
import { shareArrays } from "./broadcast.ts";

/** Gives all workers the checkpoint of the chief; the others pass none. */
export async function broadcastCheckpoint(
  cluster: Cluster,
  checkpoint?: Checkpoint,
): Promise<Checkpoint> {
  const { progress, spent } = checkpoint ?? {};
  const state = await cluster.broadcast<Pick<Checkpoint, "progress" | "spent">>(
    progress && spent && { progress, spent },
  );
  return { ...state, arrays: await shareArrays(cluster, checkpoint?.arrays) };
}

/** The chief's checkpointer, where all workers go back with it. */
export function broadcastingCheckpointer(
  checkpointer: Checkpointer,
  cluster: Cluster,
): Checkpointer {
  return {
    get isSaveDue() {
      return checkpointer.isSaveDue;
    },
    save: (moment) => checkpointer.save(moment),
    lastFinite: async () => await broadcastCheckpoint(cluster, await checkpointer.lastFinite()),
  };
}

/** That of the others, who keep nothing themselves. */
export function workerCheckpointer(cluster: Cluster): Checkpointer {
  return {
    isSaveDue: false,
    save: () => Promise.resolve(),
    lastFinite: () => broadcastCheckpoint(cluster),
  };
}
