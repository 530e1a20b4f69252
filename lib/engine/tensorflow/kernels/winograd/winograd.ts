import type { Precision } from "../../../compile.ts";
import { cpuFeatures } from "../../../hardware.ts";
import { tf } from "../../../tf.ts";
import { isKept, tidyInFloat32, withControlDependency } from "../run.ts";
import { filterSize, resultSize, tileSize, type Transform, transforms } from "./transforms.ts";

/**
 * Convolves with 3 × 3 filters at stride 1 and "same" padding in a quarter of the multiplications:
 * Winograd's F(4 × 4, 3 × 3) (Lavin & Gray 2015). Images are cut into overlapping tiles of 6 × 6 and
 * transformed; then one matrix product over the channels for each of a tile's 36 positions replaces the
 * convolution, and yields 4 × 4 pixels of the result. Both gradients are computed in the same way.
 * Results differ from a direct convolution's by a relative error of about 10⁻⁶. Everything is in
 * float32, as bfloat16 is too coarse for the transformed values.
 *
 * @param finish Applied to each part of the result while the CPU's cache holds it.
 * @returns A tensor that the caller disposes of.
 */
export function winogradConvolution(
  images: tf.Tensor4D,
  filter: tf.Tensor4D,
  finish: (part: tf.Tensor4D) => tf.Tensor4D = (part) => part,
): tf.Tensor4D {
  return tidyInFloat32(() => {
    const kernels = transformFilter(transforms.filter, filter, images);
    return concat(inParts([images], 0, (part) => {
      const products = tf.matMul(imageTiles(part), kernels);
      return finish(pixels(products, part.shape));
    }));
  });
}

/**
 * The gradient of {@linkcode winogradConvolution} with respect to its images: a convolution with the
 * filter rotated by 180°.
 *
 * @param gradients The gradient with respect to the result.
 */
export function winogradInputGradient(gradients: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  return tidyInFloat32(() => {
    const kernels = transformFilter(transforms.rotatedFilter, filter, gradients);
    return concat(inParts([gradients], 0, (part) => {
      const products = tf.matMul(imageTiles(part), kernels, false, true);
      return pixels(products, part.shape);
    }));
  });
}

/** The gradient of {@linkcode winogradConvolution} with respect to its filter. */
export function winogradFilterGradient(images: tf.Tensor4D, gradients: tf.Tensor4D): tf.Tensor4D {
  return tidyInFloat32(() => {
    const [channels, filters] = [images.shape[3], gradients.shape[3]];
    const products = inParts(
      [images, gradients],
      4 * tileSize ** 2 * channels * filters,
      (image, gradient) => tf.matMul(imageTiles(image), gradientTiles(gradient), true),
    );
    const sum = tf.addN(products).reshape<tf.Tensor2D>([tileSize ** 2, channels * filters]);
    return multiply(transforms.filter, sum, true)
      .reshape([filterSize, filterSize, channels, filters]);
  });
}

/** `[height, width, input channels, output channels]`. */
export type FilterShape = readonly [number, number, number, number];

/**
 * Whether Winograd's algorithm is faster than oneDNN's convolution.
 * `deno run -A tests/bench/convolutions.ts` measures both.
 */
export function isWinogradFaster(
  [batch, height, width]: tf.Tensor4D["shape"],
  [filterHeight, filterWidth, channels, filters]: FilterShape,
  precision: Precision,
  features: readonly string[] = cpuFeatures(),
): boolean {
  const fits = filterHeight === filterSize && filterWidth === filterSize;
  if (!fits || !features.includes("avx2")) return false;
  // A direct convolution skips what lies beyond the edge, which is most of a tile here.
  if (Math.min(height, width) < resultSize) return false;
  const tiles = batch * tilesAlong(height) * tilesAlong(width);
  const [fewer, more] = [Math.min(channels, filters), Math.max(channels, filters)];
  if (precision === "bfloat16") {
    // Without AMX, a direct convolution in bfloat16 is at most twice as fast as in float32.
    return !features.includes("amx_bf16") && fewer >= 256 && more >= 512 && tiles >= 256;
  }
  const isWide = features.includes("avx512f") ? fewer >= 64 && more >= 128 : fewer >= 64;
  return isWide && tiles >= minTiles;
}

/** With fewer tiles, transforming the filter takes longer than the products. */
const minTiles = 32;

/** The tiles computed at a time have about this size, so that the CPU's cache holds them. */
const partBytes = 2 ** 24;

/**
 * Splits a batch into parts, and computes a result for each of them, one after the other.
 *
 * @param tensors Tensors of the same batch, which are split alike.
 * @param minBytes The least size of a part's tiles: the results are summed, and each is so large.
 */
function inParts(
  tensors: readonly tf.Tensor4D[],
  minBytes: number,
  compute: (...parts: tf.Tensor4D[]) => tf.Tensor,
): tf.Tensor[] {
  const [batch, height, width] = tensors[0]!.shape;
  const channels = Math.max(...tensors.map(({ shape }) => shape[3]));
  const imageBytes = 4 * tileSize ** 2 * tilesAlong(height) * tilesAlong(width) * channels;
  const size = Math.max(1, Math.floor(Math.max(partBytes, minBytes) / imageBytes));
  const results: tf.Tensor[] = [];
  for (let start = 0; start < batch; start += size) {
    const previous = results.at(-1);
    results.push(tf.tidy(() =>
      compute(...tensors.map((tensor) => {
        const input = previous ? withControlDependency(tensor, previous) as tf.Tensor4D : tensor;
        return size < batch
          ? input.slice([start, 0, 0, 0], [Math.min(size, batch - start), -1, -1, -1])
          : input;
      }))
    ));
  }
  return results;
}

function concat(parts: tf.Tensor[]): tf.Tensor4D {
  return (parts.length === 1 ? parts[0]! : tf.concat(parts)) as tf.Tensor4D;
}

/** The transformed tiles of images: `[36, tiles, channels]`. */
function imageTiles(images: tf.Tensor4D): tf.Tensor3D {
  const [batch, height, width, channels] = images.shape;
  const [rows, columns] = [tilesAlong(height), tilesAlong(width)];
  const tiles = batch * rows * columns;
  // A tile starts one pixel before its result, and ends with the first two pixels of the next tile.
  const overlap = tileSize - resultSize;
  const [tall, wide] = [resultSize * rows + overlap, resultSize * columns + overlap];
  const pixels = images.pad([[0, 0], [1, tall - height - 1], [1, wide - width - 1], [0, 0]])
    .reshape([batch * tall * wide, channels]);
  const indices = new Int32Array(tileSize ** 2 * tiles);
  let at = 0;
  for (let i = 0; i < tileSize; i++) {
    for (let j = 0; j < tileSize; j++) {
      for (let image = 0; image < batch; image++) {
        for (let row = 0; row < rows; row++) {
          const first = (image * tall + resultSize * row + i) * wide + j;
          for (let column = 0; column < columns; column++) {
            indices[at++] = first + resultSize * column;
          }
        }
      }
    }
  }
  return multiply(
    transforms.image,
    tf.gather(pixels, tf.tensor1d(indices, "int32")).reshape([tileSize ** 2, tiles * channels]),
  ).reshape([tileSize ** 2, tiles, channels]);
}

/** The transformed tiles of a result's gradients, which do not overlap. */
function gradientTiles(gradients: tf.Tensor4D): tf.Tensor3D {
  const [batch, height, width, channels] = gradients.shape;
  const [rows, columns] = [tilesAlong(height), tilesAlong(width)];
  const tiles = batch * rows * columns;
  const blocks = gradients
    .pad([[0, 0], [0, resultSize * rows - height], [0, resultSize * columns - width], [0, 0]])
    .reshape([batch, rows, resultSize, columns, resultSize, channels])
    .transpose([2, 4, 0, 1, 3, 5])
    .reshape<tf.Tensor2D>([resultSize ** 2, tiles * channels]);
  return multiply(transforms.result, blocks, true).reshape([tileSize ** 2, tiles, channels]);
}

/** Transforms the products of all tiles back into the pixels of the result. */
function pixels(products: tf.Tensor, [batch, height, width]: tf.Tensor4D["shape"]): tf.Tensor4D {
  const filters = products.shape[2]!;
  const [rows, columns] = [tilesAlong(height), tilesAlong(width)];
  const results = products.reshape<tf.Tensor2D>([tileSize ** 2, batch * rows * columns * filters]);
  return multiply(transforms.result, results)
    .reshape([resultSize, resultSize, batch, rows, columns, filters])
    .transpose([2, 3, 0, 4, 1, 5])
    .reshape<tf.Tensor4D>([batch, resultSize * rows, resultSize * columns, filters])
    .slice([0, 0, 0, 0], [batch, height, width, filters]);
}

/** With more tiles, the products take so much longer than the filter's transform that it is not kept. */
const maxTilesToKeep = 512;

/**
 * The transformed filter: `[36, channels, filters]`. It is four times as large as the filter. Where weights
 * do not change and it pays, it is kept; else it is not computed before `images`, which is when it is used.
 */
function transformFilter(
  transform: Transform,
  filter: tf.Tensor4D,
  images: tf.Tensor4D,
): tf.Tensor3D {
  const [, , channels, filters] = filter.shape;
  const [batch, height, width] = images.shape;
  const isSmall = batch * tilesAlong(height) * tilesAlong(width) <= maxTilesToKeep;
  const present = isSmall && isKept(filter) ? filter : withControlDependency(filter, images);
  const weights = present.reshape<tf.Tensor2D>([filterSize ** 2, channels * filters]);
  return multiply(transform, weights).reshape([tileSize ** 2, channels, filters]);
}

function multiply(
  { rows, values }: Transform,
  vectors: tf.Tensor2D,
  transposed = false,
): tf.Tensor2D {
  return tf.matMul(tf.tensor2d(values, [rows, values.length / rows]), vectors, transposed);
}

function tilesAlong(length: number): number {
  return Math.ceil(length / resultSize);
}
