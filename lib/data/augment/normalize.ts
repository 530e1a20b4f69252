import type { ColourStatistics, Triple } from "./colors.ts";

/**
 * How pixels of 0 to 255 become the network's input: `(pixel - mean) / deviation`, a channel each.
 * `rescale` is the article's (to 0…1), `subtract-mean` the paper's, `standardise` brings each channel
 * to mean 0 and standard deviation 1. It is kept with the weights, which are worth nothing without it.
 */
export interface Normalisation {
  readonly kind: "rescale" | "standardise" | "subtract-mean";
  readonly mean: Triple;
  readonly deviation: Triple;
}

/**
 * Fills in a normalisation's numbers.
 *
 * @param colours What the training set's colours are like; needed for all kinds but `rescale`.
 * @throws {RangeError} Where they are needed and missing.
 *
 * @example
 * ```ts
 * import { resolveNormalisation } from "./normalize.ts";
 *
 * resolveNormalisation("rescale").deviation; // [255, 255, 255]
 * ```
 */
export function resolveNormalisation(
  kind: Normalisation["kind"],
  colours?: ColourStatistics,
): Normalisation {
  if (kind === "rescale") return { kind, mean: [0, 0, 0], deviation: [255, 255, 255] };
  if (!colours) throw new RangeError(`${kind} needs the colour statistics of the training set`);
  if (kind === "subtract-mean") return { kind, mean: colours.mean, deviation: [1, 1, 1] };
  // A channel that never varies has nothing to divide by.
  const [red, green, blue] = colours.standardDeviation.map((value) => value || 1);
  return { kind, mean: colours.mean, deviation: [red ?? 1, green ?? 1, blue ?? 1] };
}

/**
 * Normalises RGB bytes, pixel by pixel. It is one look-up a byte, on the way to the numbers that an
 * engine wants in any case.
 *
 * @param floats As many numbers, which are overwritten.
 */
export function normaliseBytes(
  bytes: Uint8Array,
  floats: Float32Array,
  { mean, deviation }: Normalisation,
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
