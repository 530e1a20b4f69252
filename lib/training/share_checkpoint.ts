import type { Cluster } from "../engine/cluster.ts";
import type { Checkpoint, CheckpointArray, Spent, Standing } from "./checkpoint.ts";
import type { Keeper } from "./keeper.ts";

/** A checkpoint without its numbers. */
interface Outline {
  readonly standing: Standing;
  readonly spent: Spent;
  readonly shapes: readonly (readonly [name: string, shape: readonly number[]])[];
}

/** Gives all workers the checkpoint of the chief; the others pass none. */
export async function shareCheckpoint(
  cluster: Cluster,
  checkpoint?: Checkpoint,
): Promise<Checkpoint> {
  const { standing, spent, shapes } = await cluster.share<Outline>(
    checkpoint && {
      standing: checkpoint.standing,
      spent: checkpoint.spent,
      shapes: [...checkpoint.arrays].map(([name, { shape }]) => [name, shape] as const),
    },
  );
  const arrays = new Map<string, CheckpointArray>();
  for (const [name, shape] of shapes) {
    const count = shape.reduce((product, length) => product * length, 1);
    const values = checkpoint?.arrays.get(name)?.values ?? new Float32Array(count);
    await cluster.shareNumbers(values);
    arrays.set(name, { shape, values });
  }
  return { arrays, standing, spent };
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
