import type { ColorStatistics, Triple } from "./colors.ts";

/**
 * How pixels from 0 to 255 become the network's input: `(pixel - mean) / deviation` in each channel.
 * `rescale` is the article's (to 0…1), `subtract-mean` is the paper's, and `standardize` gives each
 * channel mean 0 and standard deviation 1. It is stored with the weights, which are useless without it.
 */
export interface Normalization {
  /** How the numbers were chosen. */
  readonly kind: "rescale" | "standardize" | "subtract-mean";
  /** Subtracted from each channel, in units of 0 to 255. */
  readonly mean: Triple;
  /** The divisor of each channel. */
  readonly deviation: Triple;
}

/**
 * Returns a normalization with its numbers.
 *
 * @param colors The colors of the training set; required for all kinds except `rescale`.
 * @throws {RangeError} If `colors` is required and missing.
 *
 * @example
 * ```ts
 * import { resolveNormalization } from "./normalize.ts";
 *
 * resolveNormalization("rescale").deviation; // [255, 255, 255]
 * ```
 */
export function resolveNormalization(
  kind: Normalization["kind"],
  colors?: ColorStatistics,
): Normalization {
  if (kind === "rescale") return { kind, mean: [0, 0, 0], deviation: [255, 255, 255] };
  if (!colors) throw new RangeError(`${kind} needs the color statistics of the training set`);
  if (kind === "subtract-mean") return { kind, mean: colors.mean, deviation: [1, 1, 1] };
  // A constant channel has deviation 0, by which nothing can be divided.
  const [red, green, blue] = colors.standardDeviation.map((value) => value || 1);
  return { kind, mean: colors.mean, deviation: [red ?? 1, green ?? 1, blue ?? 1] };
}

/**
 * Normalizes RGB bytes by one table look-up per byte. An engine needs float32 anyway, so this costs
 * little.
 *
 * @param floats The result: as many numbers as there are bytes, which are overwritten.
 */
export function normalizeBytes(
  bytes: Uint8Array,
  floats: Float32Array,
  { mean, deviation }: Normalization,
): void {
  const table = (channel: 0 | 1 | 2): Float32Array =>
    Float32Array.from({ length: 256 }, (_, byte) => (byte - mean[channel]) / deviation[channel]);
  const [red, green, blue] = [table(0), table(1), table(2)];
  for (let at = 0; at < bytes.length; at += 3) {
    floats[at] = red[bytes[at] ?? 0] ?? 0;
    floats[at + 1] = green[bytes[at + 1] ?? 0] ?? 0;
    floats[at + 2] = blue[bytes[at + 2] ?? 0] ?? 0;
  }
}
