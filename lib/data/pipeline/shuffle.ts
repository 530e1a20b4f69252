import { randomStream, shuffle } from "../../random/stream.ts";

/**
 * The order in which an epoch visits the samples: a permutation of `0 … length - 1`, the same for the
 * same seed and epoch on every machine, and unrelated for any other.
 *
 * @example
 * ```ts
 * import { order } from "./shuffle.ts";
 *
 * order(5, 42, 1); // five numbers, 0 to 4
 * ```
 */
export function shuffledIndices(
  length: number,
  seed: number,
  epoch: number,
): Uint32Array<ArrayBuffer> {
  const indices = Uint32Array.from({ length }, (_, index) => index);
  shuffle(indices, randomStream("order", seed, epoch));
  return indices;
}
