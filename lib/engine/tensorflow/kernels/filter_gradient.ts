import type { Precision } from "../../compile.ts";
import { cpuFeatures } from "../../hardware.ts";
import { tf } from "../../tf.ts";
import { isPlain } from "./convolutions.ts";
import type { KernelOverride } from "./override.ts";
import { precision, withControlDependency } from "./run.ts";
import { type FilterShape, isWinogradFaster, winogradFilterGradient } from "./winograd/winograd.ts";

/** The algorithms for a filter's gradient beside oneDNN's kernel. */
export type FilterGradientAlgorithm = "columns" | "swapped" | "winograd";

const minChannels = 64;
/** Up to this many pixels oneDNN's kernel is slow, and a tile of Winograd's is mostly padding. */
const maxTinyPixels = 4;
/** In bfloat16 it is slow on somewhat larger images too. */
const maxTinyPixelsBfloat16 = 16;
const maxSmallPixels = 64;
/** The batch size that fills a bfloat16 vector. */
const vectorLength = 32;
/** Without AVX-512 it is slow from so many channels on, for filters other than 3 × 3. */
const manyChannels = 768;

/**
 * The fastest algorithm on a CPU; `undefined` is oneDNN's kernel.
 * `deno run -A tests/bench/convolutions.ts` measures all of them.
 *
 * @param images The shape `[batch, height, width, channels]`.
 * @param features The CPU's features.
 */
export function fastestAlgorithm(
  images: tf.Tensor4D["shape"],
  filterShape: FilterShape,
  precision: Precision,
  features: readonly string[] = cpuFeatures(),
): FilterGradientAlgorithm | undefined {
  const [batch, height, width, channels] = images;
  const filters = filterShape[3];
  if (!features.includes("avx2") || Math.min(channels, filters) < minChannels) return undefined;
  const pixels = height * width;
  const isReduced = precision === "bfloat16";
  if (isReduced && isWinogradGradientFaster(images, filterShape, features)) return "winograd";
  if (isReduced) {
    if (pixels <= maxTinyPixelsBfloat16) return "columns";
    if (pixels <= maxSmallPixels && batch >= vectorLength) return "swapped";
  } else if (pixels <= maxTinyPixels) return "columns";
  if (!isReduced && isWinogradFaster(images, filterShape, precision, features)) return "winograd";
  return precision === "float32" && !features.includes("avx512f") &&
      channels + filters >= manyChannels
    ? "columns"
    : undefined;
}

/** Whether Winograd's algorithm in float32 is faster than all algorithms in bfloat16. */
function isWinogradGradientFaster(
  images: tf.Tensor4D["shape"],
  filterShape: FilterShape,
  features: readonly string[],
): boolean {
  return !features.includes("amx_bf16") && Math.min(...filterShape.slice(2)) >= 256 &&
    isWinogradFaster(images, filterShape, "float32", features);
}

/** The gradient of a convolution with respect to its filter, by the {@linkcode fastestAlgorithm}. */
export const filterGradient: KernelOverride = ({ inputs: { x, dy }, attrs }) => {
  const { filterShape } = attrs as unknown as { filterShape: FilterShape };
  if (!isPlain(x!, attrs)) return undefined;
  const shape = x!.shape as tf.Tensor4D["shape"];
  const algorithm = fastestAlgorithm(shape, filterShape, precision());
  return algorithm && computeFilterGradient(algorithm, x!, dy!, filterShape);
};

/**
 * `Σ x[row + i, column + j] · dy[row, column]` for all positions (i, j) of the filter, at stride 1.
 *
 * @returns A tensor of `filterShape`, which the caller disposes of.
 */
export function computeFilterGradient(
  algorithm: FilterGradientAlgorithm,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  filterShape: FilterShape,
): tf.Tensor {
  return tf.tidy(() => {
    // Otherwise a compiled step would pad all images during the forward pass and keep the copies.
    const images = withControlDependency(x, dy) as tf.Tensor4D;
    // Kernels get tensors, even if TensorFlow.js's types call them TensorInfo.
    return algorithms[algorithm](images, dy as tf.Tensor4D, filterShape);
  });
}

type Algorithm = (
  images: tf.Tensor4D,
  gradients: tf.Tensor4D,
  filterShape: FilterShape,
) => tf.Tensor;

const algorithms: Record<FilterGradientAlgorithm, Algorithm> = {
  /** im2col for one row of the filter at a time: a matrix with `width` times as many columns. */
  columns: (images, gradients, [height, width, channels, filters]) => {
    const [batch, rows, columns] = images.shape;
    const pixels = batch * rows * columns;
    const x = padded(images, height, width);
    const dy = gradients.reshape<tf.Tensor2D>([pixels, filters]);
    const products = Array.from({ length: height }, (_, i) => {
      const shifted = Array.from(
        { length: width },
        (_, j) => x.slice([0, i, j, 0], [batch, rows, columns, channels]),
      );
      const side = tf.concat(shifted, 3).reshape<tf.Tensor2D>([pixels, width * channels]);
      return tf.matMul(side, dy, true);
    });
    return tf.stack(products).reshape([height, width, channels, filters]);
  },
  /** A convolution of the images with the gradients, where channels and images are swapped. */
  swapped: (images, gradients, [height, width]) => {
    const x = padded(images, height, width).transpose<tf.Tensor4D>([3, 1, 2, 0]);
    const dy = gradients.transpose<tf.Tensor4D>([1, 2, 0, 3]);
    return tf.conv2d(x, dy, 1, "valid").transpose([1, 2, 0, 3]);
  },
  winograd: winogradFilterGradient,
};

/** Pads as TensorFlow does for `same` at stride 1. */
function padded(images: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const sides = (size: number): [number, number] => {
    const before = Math.floor((size - 1) / 2);
    return [before, size - 1 - before];
  };
  return images.pad([[0, 0], sides(height), sides(width), [0, 0]]);
}
