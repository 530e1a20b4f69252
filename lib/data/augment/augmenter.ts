import type { tf } from "../../engine/tf.ts";
import type { Batch } from "../pipeline/batches.ts";

/** Numbers that an augmentation sends to the engine beside the images. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** A batch with everything random about it decided. */
export interface SampledBatch {
  readonly length: number;
  readonly size: number;
  /** RGB bytes, `[length, size, size, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly parameters: readonly Parameter[];
}

/**
 * An augmentation in two halves. The first decides by chance and works on bytes on the processor; the
 * second, which most do not need, is plain operations on the engine, after normalisation.
 *
 * What is drawn for an image follows from the seed and the image's number alone: it is the same in
 * whatever part of a batch it comes.
 */
export interface Augmenter {
  /**
   * @param into Where new pixels may be written, as many bytes as the batch has; without it they get
   *   memory of their own. The batch itself is never changed.
   */
  draw(batch: Batch, seed: number, into?: Uint8Array<ArrayBuffer>): SampledBatch;
  /** From normalised pixels, `[n, size, size, 3]`, to the images that the network sees. */
  apply?(images: tf.Tensor4D, parameters: readonly tf.Tensor[]): tf.Tensor4D;
}

/** Changes nothing. */
export const noAugmenter: Augmenter = {
  draw: ({ length, size, pixels }) => ({ length, size, pixels, parameters: [] }),
};
