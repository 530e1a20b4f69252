import { compile, type Compiled, type Precision, uncompiled } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";

/** Computes class probabilities `[images, classes]` of images `[images, height, width, 3]`. */
export type Forward = (images: tf.Tensor4D) => tf.Tensor2D;

/** Averages the probabilities of images with those of the mirrored images. */
export function withMirrored(forward: Forward): Forward {
  return (images) => {
    const both = forward(tf.concat([images, tf.reverse(images, 2)]));
    return both.reshape([2, images.shape[0], -1]).mean<tf.Tensor2D>(0);
  };
}

/** Tracing a function costs as much as a few batches and makes each batch a little faster. */
const minBatchesToCompile = 6;

/** Bytes that the largest activations of a batch may take. */
const maxBytes = 2 ** 29;
/** Larger batches are no faster. */
const maxImages = 64;

/**
 * Prepares a forward function for a number of batches of one shape: compiles it if that pays, else
 * runs it as it is, in `tf.tidy`. Reduced precision is always compiled, because only compiled
 * functions have it.
 */
export function compileForward(
  forward: Forward,
  batches: number,
  precision: Precision = "float32",
): Compiled<readonly [tf.Tensor4D], tf.Tensor2D> {
  const isMany = batches >= minBatchesToCompile;
  if (isMany || precision !== "float32") return compile(forward, { precision, inference: isMany });
  return uncompiled(forward);
}

/**
 * The largest useful batch that fits into memory, at least 1.
 *
 * @param bytes The network's largest activations for one image, in bytes.
 */
export function maxBatchSize(bytes: number): number {
  return Math.min(maxImages, Math.max(1, Math.floor(maxBytes / bytes)));
}
