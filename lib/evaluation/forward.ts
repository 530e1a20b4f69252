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

/**
 * Averages the probabilities of images, by half, with those of the images shifted by some pixels up and left
 * and down and right, whose edges are mirrored.
 */
export function withShifted(forward: Forward, pixels: number): Forward {
  return (images) => {
    const [count, height, width, channels] = images.shape;
    const edge = [pixels, pixels] as [number, number];
    const padded = tf.mirrorPad(images, [[0, 0], edge, edge, [0, 0]], "reflect");
    const shifted = [0, 2 * pixels].map((start) =>
      tf.slice(padded, [0, start, start, 0], [count, height, width, channels])
    );
    const all = forward(tf.concat([images, ...shifted])).reshape([3, count, -1]);
    return all.mul(tf.tensor3d([0.5, 0.25, 0.25], [3, 1, 1])).sum<tf.Tensor2D>(0);
  };
}

/** Tracing a function costs as much as a few batches and makes each batch a little faster. */
const minBatchesToCompile = 6;

/** Bytes that the largest activations of a batch may take. */
const maxBytes = 2 ** 29;
/** The maximum batch size: larger batches are no faster. */
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
