/** One worker's part of every batch. */
export interface Shard {
  /** The worker's number, from 0. */
  readonly index: number;
  /** The number of workers. */
  readonly of: number;
}

/** The shard of a single worker: every image. */
export const unsharded: Shard = { index: 0, of: 1 };

/** Returns the shard of a cluster's worker, or {@linkcode unsharded} without a cluster. */
export function shardOf(
  cluster: { readonly index: number; readonly size: number } | undefined,
): Shard {
  return cluster ? { index: cluster.index, of: cluster.size } : unsharded;
}

/**
 * Returns the positions in a batch that belong to a shard: every `of`-th, so that the shards' sizes
 * differ by at most one.
 */
export function shardIndices(length: number, { index, of }: Shard): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(
    { length: Math.max(0, Math.ceil((length - index) / of)) },
    (_, number) => number * of + index,
  );
}
