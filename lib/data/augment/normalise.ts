import { tf } from "../../engine/tf.ts";
import type { ColourStatistics, Triple } from "./colours.ts";

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
 * import { resolveNormalisation } from "./normalise.ts";
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

/** Normalises images of 0 to 255, `[n, height, width, 3]`. */
export function normalise(images: tf.Tensor4D, { mean, deviation }: Normalisation): tf.Tensor4D {
  return tf.tidy(() => {
    const centred = mean.every((value) => value === 0)
      ? images
      : images.sub<tf.Tensor4D>([...mean]);
    return centred.div<tf.Tensor4D>([...deviation]);
  });
}
