import { cpuFeatures } from "../../hardware.ts";
import { tf } from "../../tf.ts";
import type { Precision } from "../../compile.ts";
import { isPlain } from "./convolutions.ts";
import { precision, withControlDependency } from "./run.ts";
import type { KernelOverride } from "./override.ts";
import { type FilterShape, winogradFilterGradient, winogradPays } from "./winograd/winograd.ts";

/** How a filter's gradient is computed other than by oneDNN's kernel for it. */
export type FilterGradientForm = "columns" | "swapped" | "winograd";

const fewestChannels = 64;
/** On the smallest images oneDNN's kernel is slow, and most of a tile is padding. */
const tiniestImage = 4;
/** In bfloat16 it is slow on somewhat larger ones too. */
const tinyImage = 16;
const smallImage = 64;
/** Images that fill a vector of bfloat16. */
const fullVector = 32;
/** Without AVX-512 it is slow at so many channels; this concerns filters that are not of 3 × 3. */
const manyChannels = 768;

/**
 * The faster form on a processor, if that is not oneDNN's own kernel.
 * `deno run -A tests/bench/convolutions.ts` measures all forms.
 */
export function fasterForm(
  images: tf.Tensor4D["shape"],
  filterShape: FilterShape,
  precision: Precision,
  features: readonly string[] = cpuFeatures(),
): FilterGradientForm | undefined {
  const [batch, height, width, channels] = images;
  const filters = filterShape[3];
  if (!features.includes("avx2") || Math.min(channels, filters) < fewestChannels) return undefined;
  const pixels = height * width;
  if (precision === "bfloat16") {
    if (pixels <= tinyImage) return "columns";
    if (pixels <= smallImage && batch >= fullVector) return "swapped";
  } else if (pixels <= tiniestImage) return "columns";
  if (winogradPays(images, filterShape, precision, features)) return "winograd";
  return precision === "float32" && !features.includes("avx512f") &&
      channels + filters >= manyChannels
    ? "columns"
    : undefined;
}

/** The gradient of a convolution's filter, where a {@linkcode fasterForm} computes it. */
export const filterGradient: KernelOverride = ({ inputs: { x, dy }, attrs }) => {
  const { filterShape } = attrs as unknown as { filterShape: FilterShape };
  if (!isPlain(x!, attrs)) return undefined;
  const form = fasterForm(x!.shape as tf.Tensor4D["shape"], filterShape, precision());
  return form && computeFilterGradient(form, x!, dy!, filterShape);
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
    const images = withControlDependency(x, dy) as tf.Tensor4D;
    // What kernels are given are tensors, whatever TensorFlow.js's types call them.
    return forms[form](images, dy as tf.Tensor4D, filterShape);
  });
}

type Compute = (
  images: tf.Tensor4D,
  gradients: tf.Tensor4D,
  filterShape: FilterShape,
) => tf.Tensor;

const forms: Record<FilterGradientForm, Compute> = {
  /** A row of the filter at a time: its pixels side by side make a matrix `width` times as wide. */
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
  /** A convolution of the images by their gradients, in which channels and images have changed places. */
  swapped: (images, gradients, [height, width]) => {
    const x = padded(images, height, width).transpose<tf.Tensor4D>([3, 1, 2, 0]);
    const dy = gradients.transpose<tf.Tensor4D>([1, 2, 0, 3]);
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
