import type { tf } from "../../engine/tf.ts";
import type { Batch } from "../pipeline/batches.ts";

/** Numbers that an augmentation sends to the engine besides the images. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** An augmented batch: all random choices are made. */
export interface SampledBatch {
  readonly length: number;
  readonly size: number;
  /** RGB bytes, `[length, size, size, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly parameters: readonly Parameter[];
}

/**
 * An augmentation in two steps. `sample` makes the random choices and works on bytes in JavaScript;
 * `apply`, which few augmentations need, runs operations on the engine after normalization.
 *
 * The random choices for an image depend only on the seed and the image's index, not on the part of a
 * batch that it is in.
 */
export interface Augmenter {
  /**
   * @param into A buffer for the new pixels, as large as the batch's; by default a new one. The batch
   *   itself is never changed.
   */
  sample(batch: Batch, seed: number, into?: Uint8Array<ArrayBuffer>): SampledBatch;
  /** Turns normalized pixels, `[n, size, size, 3]`, into the network's input. */
  apply?(images: tf.Tensor4D, parameters: readonly tf.Tensor[]): tf.Tensor4D;
}

/** Changes nothing. */
export const noAugmenter: Augmenter = {
  sample: ({ length, size, pixels }) => ({ length, size, pixels, parameters: [] }),
};
