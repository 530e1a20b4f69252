import { tf } from "../../engine/tf.ts";
import type { Batch } from "../pipeline/batches.ts";
import { affineAugmenter } from "./affine.ts";
import type { Augmentation } from "./augmentation.ts";
import { type Augmenter, noAugmenter } from "./augmenter.ts";
import type { ColourStatistics } from "./colors.ts";
import { flipAugmenter } from "./flip.ts";
import { type Normalisation, normaliseBytes } from "./normalize.ts";
import { paperAugmenter } from "./paper.ts";
import { translateAugmenter } from "./translate.ts";

/**
 * Makes a network's input, `[n, size, size, 3]` of float32, of a batch and the step's seed. Its two
 * halves stand alone as well, so that the second can be part of a compiled step.
 */
export interface Augment {
  (batch: Batch, seed: number): tf.Tensor4D;
  /** Decides by chance and works on the processor: normalised pixels, and what else `apply` needs. */
  draw(batch: Batch, seed: number): tf.Tensor[];
  /** On the engine, from what was drawn to what the network sees. */
  apply(drawn: readonly tf.Tensor[]): tf.Tensor4D;
}

/**
 * Readies an augmentation and a normalisation. The same batch and seed give the same images; the
 * images are the caller's to dispose of.
 *
 * @param colours What the training set's colours are like; needed for the paper's colour shift.
 * @throws {RangeError} For an augmentation that cannot be; what is returned throws one for a batch
 *   that does not suit it.
 *
 * @example
 * ```ts ignore
 * const augment = makeAugment(articleAugmentation, resolveNormalisation("rescale"));
 * const images = augment(batch, 42);
 * ```
 */
export function makeAugment(
  augmentation: Augmentation,
  normalisation: Normalisation,
  colours?: ColourStatistics,
): Augment {
  const augmenter = augmenterOf(augmentation, normalisation, colours);
  // Fresh memory costs several times what filling it does, so that both buffers serve all batches.
  let [bytes, floats] = [new Uint8Array(0), new Float32Array(0)];
  const draw = (batch: Batch, seed: number): tf.Tensor[] => {
    if (bytes.length !== batch.pixels.length) {
      [bytes, floats] = [
        new Uint8Array(batch.pixels.length),
        new Float32Array(batch.pixels.length),
      ];
    }
    const { length, size, pixels, parameters } = augmenter.draw(batch, seed, bytes);
    normaliseBytes(pixels, floats, normalisation);
    return tf.tidy(() => [
      // Some operation there must be: its result is the engine's own memory, and the buffer is free.
      tf.tensor4d(floats, [length, size, size, 3]).mul(1),
      ...parameters.map(({ values, shape }) => tf.tensor(values, [...shape])),
    ]);
  };
  const apply = ([images, ...parameters]: readonly tf.Tensor[]): tf.Tensor4D => {
    const pixels = images as tf.Tensor4D;
    return augmenter.apply?.(pixels, parameters) ?? pixels;
  };
  const whole = (batch: Batch, seed: number): tf.Tensor4D =>
    tf.tidy(() => apply(draw(batch, seed)));
  return Object.assign(whole, { draw, apply });
}

function augmenterOf(
  augmentation: Augmentation,
  normalisation: Normalisation,
  colours: ColourStatistics | undefined,
): Augmenter {
  switch (augmentation.kind) {
    case "none":
      return noAugmenter;
    case "flip":
      return flipAugmenter();
    case "translate":
      return translateAugmenter(augmentation);
    case "affine":
      return affineAugmenter(augmentation);
    case "paper":
      return paperAugmenter(augmentation, normalisation, colours);
  }
}
