import { tf } from "../../engine/tf.ts";
import type { Batch } from "../batches.ts";
import { affineAugmenter } from "./affine.ts";
import type { Augmentation } from "./augmentation.ts";
import { type Augmenter, noAugmenter } from "./augmenter.ts";
import type { ColourStatistics } from "./colours.ts";
import { flipAugmenter } from "./flip.ts";
import { type Normalisation, normalise } from "./normalise.ts";
import { paperAugmenter } from "./paper.ts";
import { translateAugmenter } from "./translate.ts";

/** Makes a network's input, `[n, size, size, 3]` of float32, of a batch and the step's seed. */
export type Augment = (batch: Batch, seed: number) => tf.Tensor4D;

/**
 * Readies an augmentation and the normalisation after it, in the two halves that a compiled step
 * wants; {@linkcode makeAugment} is for everyone else.
 *
 * @param colours What the training set's colours are like; needed for the paper's colour shift.
 */
export function makeAugmenter(
  augmentation: Augmentation,
  normalisation: Normalisation,
  colours?: ColourStatistics,
): Augmenter {
  const { draw, apply } = augmenterOf(augmentation, colours);
  return {
    draw,
    apply: (images, parameters) =>
      tf.tidy(() => normalise(apply(images, parameters), normalisation)),
  };
}

/**
 * Readies an augmentation and the normalisation after it. The same batch and seed give the same
 * images; the images are the caller's to dispose of.
 *
 * @param colours What the training set's colours are like; needed for the paper's colour shift.
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
  const { draw, apply } = makeAugmenter(augmentation, normalisation, colours);
  // Fresh memory costs several times what filling it does, so that both buffers serve all batches:
  // nothing of them is left in use when the images are made.
  const buffers = { bytes: new Uint8Array(0), floats: new Float32Array(0) };
  return (batch, seed) => {
    if (buffers.bytes.length !== batch.pixels.length) {
      buffers.bytes = new Uint8Array(batch.pixels.length);
      buffers.floats = new Float32Array(batch.pixels.length);
    }
    const { length, size, pixels, parameters } = draw(batch, seed, buffers.bytes);
    copyToFloats(pixels, buffers.floats);
    return tf.tidy(() => {
      const images = tf.tensor4d(buffers.floats, [length, size, size, 3]);
      return apply(images, parameters.map(({ values, shape }) => tf.tensor(values, [...shape])));
    });
  };
}

function copyToFloats(bytes: Uint8Array, floats: Float32Array): void {
  for (let index = 0; index < bytes.length; index++) floats[index] = bytes[index] ?? 0;
}

function augmenterOf(augmentation: Augmentation, colours: ColourStatistics | undefined): Augmenter {
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
      return paperAugmenter(augmentation, colours);
  }
}
