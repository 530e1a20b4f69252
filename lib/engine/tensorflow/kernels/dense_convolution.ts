import { tf } from "../../tf.ts";
import { flag, typeOf } from "./attributes.ts";
import { isKept, precision, runOp } from "./run.ts";

const minChannels = 64;
const minBatch = 8;

/**
 * Whether a convolution at stride 1 with "same" padding is faster as {@linkcode denseConvolution}: every
 * position of the result sees the whole image, and the matrix is made once.
 */
export function isDenseFaster(images: tf.TensorInfo, filter: tf.TensorInfo): boolean {
  const [batch = 0, height = 0, width = 0] = images.shape;
  const [filterHeight = 0, filterWidth = 0, channels = 0, filters = 0] = filter.shape;
  return batch >= minBatch && 2 * height - 1 <= filterHeight && 2 * width - 1 <= filterWidth &&
    Math.min(channels, filters) >= minChannels && isKept(filter);
}

/** A convolution of tiny images as one product with a matrix `[positions · channels, positions · filters]`. */
export function denseConvolution(images: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const [filterHeight, filterWidth, , filters] = filter.shape;
  const inputs = height * width * channels;
  return tf.tidy(() => {
    const columns: tf.Tensor2D[] = [];
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        // The part of the filter that covers the image when its center is here.
        const start = [centerOf(filterHeight) - row, centerOf(filterWidth) - column, 0, 0];
        columns.push(
          filter.slice(start, [height, width, channels, filters]).reshape([inputs, filters]),
        );
      }
    }
    const matrix = columns.length === 1 ? columns[0]! : tf.concat(columns, 1);
    const product = runOp("MatMul", [
      // Even for small batches, as the matrix is kept in the precision.
      typeOf("T", precision()),
      flag("transpose_a", false),
      flag("transpose_b", false),
    ], [images.reshape([batch, inputs]), matrix]);
    return product.reshape<tf.Tensor4D>([batch, height, width, filters]);
  });
}

/** As TensorFlow pads for "same". */
function centerOf(size: number): number {
  return Math.floor((size - 1) / 2);
}
