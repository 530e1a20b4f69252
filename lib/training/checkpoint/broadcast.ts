import type { Cluster } from "../../engine/cluster.ts";
import type { Checkpoint, CheckpointArray } from "./checkpoint.ts";

/** Gives all workers the arrays of the chief; the others pass none. */
export async function broadcastArrays(
  cluster: Cluster,
  arrays?: Checkpoint["arrays"],
): Promise<Checkpoint["arrays"]> {
  const shapes = await cluster.broadcast(
    arrays && [...arrays].map(([name, { shape }]) => [name, shape] as const),
  );
  const shared = new Map<string, CheckpointArray>();
  for (const [name, shape] of shapes) {
    const count = shape.reduce((product, length) => product * length, 1);
    const values = arrays?.get(name)?.values ?? new Float32Array(count);
    await cluster.broadcastNumbers(values);
    shared.set(name, { shape, values });
  }
  return shared;
}

/** Gives all workers the checkpoint of the chief; the others pass none. */
export async function broadcastCheckpoint(
  cluster: Cluster,
  checkpoint?: Checkpoint,
): Promise<Checkpoint> {
  const { progress, spent } = checkpoint ?? {};
  const state = await cluster.broadcast<Pick<Checkpoint, "progress" | "spent">>(
    progress && spent && { progress, spent },
  );
  return { ...state, arrays: await broadcastArrays(cluster, checkpoint?.arrays) };
}
