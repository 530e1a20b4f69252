import type { Cluster } from "../engine/cluster.ts";
import type { Checkpoint } from "../training/checkpoint/checkpoint.ts";
import type { Keeper } from "../training/checkpoint/checkpointer.ts";
import { shareArrays } from "./broadcast.ts";

/** Gives all workers the checkpoint of the chief; the others pass none. */
export async function shareCheckpoint(
  cluster: Cluster,
  checkpoint?: Checkpoint,
): Promise<Checkpoint> {
  const { standing, spent } = checkpoint ?? {};
  const course = await cluster.share<Pick<Checkpoint, "standing" | "spent">>(
    standing && spent && { standing, spent },
  );
  return { ...course, arrays: await shareArrays(cluster, checkpoint?.arrays) };
}

/** The chief's keeper, where all workers go back with it. */
export function sharingKeeper(keeper: Keeper, cluster: Cluster): Keeper {
  return {
    get isDue() {
      return keeper.isDue;
    },
    keep: (moment) => keeper.keep(moment),
    lastGood: async () => await shareCheckpoint(cluster, await keeper.lastGood()),
  };
}

/** That of the others, who keep nothing themselves. */
export function followingKeeper(cluster: Cluster): Keeper {
  return {
    isDue: false,
    keep: () => Promise.resolve(),
    lastGood: () => shareCheckpoint(cluster),
  };
}
