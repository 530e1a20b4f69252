import { randomStream, shuffle } from "../../random/stream.ts";

/**
 * Returns the order in which an epoch visits the samples: a permutation of `0 … length - 1` that
 * depends only on seed and epoch, on every machine.
 *
 * @example
 * ```ts
 * import { shuffledIndices } from "./shuffle.ts";
 *
 * shuffledIndices(5, 42, 1); // the numbers 0 to 4, shuffled
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
