/** Bytes that a network's largest maps may take at once. */
const mostBytes = 2 ** 29;
/** Images at once, where memory allows more: larger batches are no faster. */
const mostImages = 64;

/**
 * How many images a network may be shown at once.
 *
 * @param bytes What the network's largest maps take for an image.
 */
export function maxBatchSize(bytes: number): number {
  return Math.min(mostImages, Math.max(1, Math.floor(mostBytes / bytes)));
}
