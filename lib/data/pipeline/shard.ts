/** One of several workers that divide every batch among them. */
export interface Part {
  /** Counted from 0. */
  readonly index: number;
  readonly of: number;
}

/** Of one worker alone. */
export const wholeBatch: Part = { index: 0, of: 1 };

/** That of a worker of a cluster, or all where there is none. */
export function partOf(
  cluster: { readonly index: number; readonly size: number } | undefined,
): Part {
  return cluster ? { index: cluster.index, of: cluster.size } : wholeBatch;
}

/**
 * The places in a batch that are a worker's: every `of`-th, so that the workers' numbers of pictures
 * differ by one at most.
 */
export function placesOf(length: number, { index, of }: Part): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(
    { length: Math.max(0, Math.ceil((length - index) / of)) },
    (_, number) => number * of + index,
  );
}
