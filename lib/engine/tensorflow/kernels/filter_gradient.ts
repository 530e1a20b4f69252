import { cpuFeatures } from "../../hardware.ts";
import { tf } from "../../tf.ts";
import type { Precision } from "../../compile.ts";
import { currentBackend } from "../backend.ts";
import { isPlain } from "./convolutions.ts";
import { delayed, precision } from "./run.ts";
import type { Shortcut } from "./shortcut.ts";
import {
  filterGradient as winogradFilterGradient,
  type FilterShape,
  winogradPays,
} from "./winograd.ts";

/** How a filter's gradient is computed other than by oneDNN's kernel for it. */
export type FilterGradientForm = "rows" | "columns" | "swapped" | "winograd";

const fewestChannels = 64;

/** The faster form on a processor, if that is not oneDNN's own kernel. */
export function fasterForm(
  images: tf.Tensor4D["shape"],
  filterShape: FilterShape,
  precision: Precision,
  features: readonly string[] = cpuFeatures(),
): FilterGradientForm | undefined {
  if (precision === "float32" && winogradPays(images, filterShape)) return "winograd";
  const filters = filterShape[3];
  if (!features.includes("avx2") || Math.min(images[3], filters) < fewestChannels) return undefined;
  return features.includes("avx512f") ? withAvx512(images, precision) : withAvx2(images, filters);
}

/**
 * Without AVX-512, oneDNN's kernel for this gradient falls to a quarter of its speed where an image and
 * its gradient take more than this many bytes, at the most channels, and on the smallest images.
 * `deno run -A tests/bench/filter_gradient.ts` measures all forms.
 */
const largeImage = 700_000;
const manyChannels = 768;
/** Pixels from which padding costs less than copies. */
const manyPixels = 1024;

function withAvx2(
  [, height, width, channels]: tf.Tensor4D["shape"],
  filters: number,
): FilterGradientForm | undefined {
  const pixels = height * width;
  if (4 * pixels * (channels + filters) > largeImage && pixels >= manyPixels) return "rows";
  return channels + filters >= manyChannels ? "columns" : undefined;
}

/** With it, its kernel is slow on the smallest images alone, and more so in bfloat16. */
const tinyImage = 16;
const smallImage = 64;
/** Images that fill a vector of bfloat16. */
const fullVector = 32;

function withAvx512(
  [batch, height, width]: tf.Tensor4D["shape"],
  precision: Precision,
): FilterGradientForm | undefined {
  const pixels = height * width;
  if (pixels <= tinyImage) return "columns";
  const swaps = precision === "bfloat16" && pixels <= smallImage && batch >= fullVector;
  return swaps ? "swapped" : undefined;
}

/** The gradient of a convolution's filter, where a {@linkcode fasterForm} computes it. */
export const filterGradient: Shortcut = ({ inputs: { x, dy }, attrs }) => {
  const { filterShape } = attrs as unknown as { filterShape: FilterShape };
  // What is known of the processor says nothing of a card, whose own kernels are fast.
  if (!isPlain(attrs) || x?.dtype !== "float32" || currentBackend().isUsingGpuDevice) {
    return undefined;
  }
  const form = fasterForm(x.shape as tf.Tensor4D["shape"], filterShape, precision());
  return form && computeFilterGradient(form, x, dy!, filterShape);
};

/** `Σ x[row + i, column + j] · dy[row, column]` for all places (i, j) of the filter, at stride 1. */
export function computeFilterGradient(
  form: FilterGradientForm,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  filterShape: FilterShape,
): tf.Tensor {
  return tf.tidy(() => {
    // A compiled step would else pad all images in the forward pass, and keep them so for the backward.
    const images = delayed(x, dy) as tf.Tensor4D;
    // What kernels are given are tensors, whatever TensorFlow.js's types call them.
    return forms[form](images, dy as tf.Tensor4D, filterShape);
  });
}

type Compute = (
  images: tf.Tensor4D,
  slopes: tf.Tensor4D,
  filterShape: FilterShape,
) => tf.Tensor;

const forms: Record<FilterGradientForm, Compute> = {
  /**
   * Padded images as one matrix of pixels: a place of the filter is an offset in its rows, which takes
   * no copy. Slopes are padded at the end of each row and column, where they meet another row's pixels.
   */
  rows: (images, slopes, [height, width, channels, filters]) => {
    const [batch, rows, columns] = images.shape;
    const [tall, wide] = [rows + height - 1, columns + width - 1];
    const pixels = batch * tall * wide;
    const x = padded(images, height, width).reshape<tf.Tensor2D>([pixels, channels]);
    const dy = slopes.pad([[0, 0], [0, height - 1], [0, width - 1], [0, 0]])
      .reshape<tf.Tensor2D>([pixels, filters]);
    const count = pixels - (height - 1) * wide - (width - 1);
    const used = dy.slice([0, 0], [count, filters]);
    const products = places(height, width).map(([i, j]) =>
      tf.matMul(x.slice([i * wide + j, 0], [count, channels]), used, true)
    );
    return tf.stack(products).reshape([height, width, channels, filters]);
  },
  /** A row of the filter at a time: its pixels side by side make a matrix `width` times as wide. */
  columns: (images, slopes, [height, width, channels, filters]) => {
    const [batch, rows, columns] = images.shape;
    const pixels = batch * rows * columns;
    const x = padded(images, height, width);
    const dy = slopes.reshape<tf.Tensor2D>([pixels, filters]);
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
  /** A convolution of the images by their slopes, in which channels and images have changed places. */
  swapped: (images, slopes, [height, width]) => {
    const x = padded(images, height, width).transpose<tf.Tensor4D>([3, 1, 2, 0]);
    const dy = slopes.transpose<tf.Tensor4D>([1, 2, 0, 3]);
    return tf.conv2d(x, dy, 1, "valid").transpose([1, 2, 0, 3]);
  },
  winograd: winogradFilterGradient,
};

/** As TensorFlow pads for `same` at stride 1. */
function padded(images: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const sides = (size: number): [number, number] => {
    const before = Math.floor((size - 1) / 2);
    return [before, size - 1 - before];
  };
  return images.pad([[0, 0], sides(height), sides(width), [0, 0]]);
}

function places(height: number, width: number): [number, number][] {
  return Array.from({ length: height * width }, (_, at) => [Math.floor(at / width), at % width]);
}
