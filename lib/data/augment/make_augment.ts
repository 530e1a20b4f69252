import { tf } from "../../engine/tf.ts";
import type { Batch } from "../pipeline/batches.ts";
import { affineAugmenter } from "./affine.ts";
import type { Augmentation } from "./augmentation.ts";
import { type Augmenter, noAugmenter } from "./augmenter.ts";
import type { ColorStatistics } from "./colors.ts";
import { flipAugmenter } from "./flip.ts";
import { type Normalization, normalizeBytes } from "./normalize.ts";
import { paperAugmenter } from "./paper.ts";
import { translateAugmenter } from "./translate.ts";

/**
 * Turns a batch and the step's seed into a network's input, `[n, size, size, 3]` of float32, which the
 * caller disposes. Its two steps are also available separately, so that the second can be part of a
 * compiled training step.
 */
export interface Augment {
  (batch: Batch, seed: number): tf.Tensor4D;
  /** Makes the random choices; returns the normalized pixels and the parameters of `apply`. */
  sample(batch: Batch, seed: number): tf.Tensor[];
  /** Runs the engine's part of the augmentation on the result of `sample`. */
  apply(sampled: readonly tf.Tensor[]): tf.Tensor4D;
}

/**
 * Combines an augmentation and a normalization. The same batch and seed give the same images.
 *
 * @param colors The colors of the training set; required for the paper's color shift.
 * @throws {OptionError} If a setting of the augmentation is not allowed. The returned function throws
 *   one if a batch is too small for the augmentation.
 * @throws {RangeError} If `colors` is missing. The returned function throws one if a batch for the
 *   paper's augmentation was made without its crop.
 *
 * @example
 * ```ts
 * import {
 *   articleAugmentation,
 *   batches,
 *   loadDataset,
 *   makeAugment,
 *   prepareImages,
 *   resolveNormalization,
 * } from "vgg/data";
 *
 * const { train } = await loadDataset("drawn10", { perClass: 1 });
 * await using prepared = await prepareImages(train, { mode: "stretch", size: 32 });
 * const augment = makeAugment(articleAugmentation, resolveNormalization("rescale"));
 * for await (const batch of batches(prepared, { batchSize: 10 })) {
 *   const images = augment(batch, 42);
 *   images.shape; // [10, 32, 32, 3]
 *   images.dispose();
 * }
 * ```
 */
export function makeAugment(
  augmentation: Augmentation,
  normalization: Normalization,
  colors?: ColorStatistics,
): Augment {
  const augmenter = augmenterOf(augmentation, normalization, colors);
  // Both buffers are reused by all batches, because allocating memory takes several times as long as filling it.
  let [bytes, floats] = [new Uint8Array(0), new Float32Array(0)];
  const sample = (batch: Batch, seed: number): tf.Tensor[] => {
    if (bytes.length !== batch.pixels.length) {
      [bytes, floats] = [
        new Uint8Array(batch.pixels.length),
        new Float32Array(batch.pixels.length),
      ];
    }
    const { length, size, pixels, parameters } = augmenter.sample(batch, seed, bytes);
    normalizeBytes(pixels, floats, normalization);
    return tf.tidy(() => [
      // The multiplication copies the values into the engine's memory, so that the buffer can be reused.
      tf.tensor4d(floats, [length, size, size, 3]).mul(1),
      ...parameters.map(({ values, shape }) => tf.tensor(values, [...shape])),
    ]);
  };
  const apply = ([images, ...parameters]: readonly tf.Tensor[]): tf.Tensor4D => {
    const pixels = images as tf.Tensor4D;
    return augmenter.apply?.(pixels, parameters) ?? pixels;
  };
  const augment = (batch: Batch, seed: number): tf.Tensor4D =>
    tf.tidy(() => apply(sample(batch, seed)));
  return Object.assign(augment, { sample, apply });
}

function augmenterOf(
  augmentation: Augmentation,
  normalization: Normalization,
  colors: ColorStatistics | undefined,
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
      return paperAugmenter(augmentation, normalization, colors);
  }
}
