import type { tf } from "../../engine/tf.ts";
import type { Batch } from "../batches.ts";

/** Random numbers of one batch, on their way to the engine. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** A batch with everything random about it decided. */
export interface DrawnBatch {
  readonly length: number;
  readonly size: number;
  /** RGB bytes, `[length, size, size, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly parameters: readonly Parameter[];
}

/**
 * An augmentation in two halves: chance, decided here from a seed, and arithmetic, done on the engine.
 * The second half is plain operations on tensors whose shapes do not change from step to step, so that
 * an engine can compile it together with the step that follows.
 */
export interface Augmenter {
  /**
   * @param into Where new pixels may be written, as many bytes as the batch has; without it they get
   *   memory of their own. The batch itself is never changed.
   */
  draw(batch: Batch, seed: number, into?: Uint8Array<ArrayBuffer>): DrawnBatch;
  /** From pixels of 0 to 255, `[n, size, size, 3]`, to the pictures that the network sees. */
  apply(images: tf.Tensor4D, parameters: readonly tf.Tensor[]): tf.Tensor4D;
}

/** Changes nothing. */
export const noAugmenter: Augmenter = {
  draw: ({ length, size, pixels }) => ({ length, size, pixels, parameters: [] }),
  apply: (images) => images,
};
