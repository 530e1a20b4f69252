import { cpuFeatures } from "../../../hardware.ts";
import type { Precision } from "../../../compile.ts";
import { tf } from "../../../tf.ts";
import { tidyInFloat32, withControlDependency } from "../run.ts";
import { filterReach, reach, tile, type Transform, transforms } from "./transforms.ts";

/**
 * Convolutions of 3 × 3 at stride 1 with a quarter of the multiplications: Winograd's F(4 × 4, 3 × 3)
 * (Lavin & Gray 2015). Images are cut into overlapping tiles of 6 × 6; in another basis, a product for
 * each of a tile's 36 places takes the filter's place, and makes 4 × 4 pixels of the result. Both
 * gradients are computed the same way. Results differ from a direct convolution's by about 10⁻⁶ of
 * their own size; all is in float32, as bfloat16 is too coarse for values in the other basis.
 *
 * @param finish What is done to each part of the result while the processor's cache holds it.
 */
export function winogradConvolution(
  images: tf.Tensor4D,
  filter: tf.Tensor4D,
  finish: (part: tf.Tensor4D) => tf.Tensor4D = (part) => part,
): tf.Tensor4D {
  return tidyInFloat32(() => {
    const kernels = changeBasis(transforms.filter, filter, images);
    return joined(inParts([images], 0, (part) => {
      const products = tf.matMul(imageTiles(part), kernels);
      return finish(pixels(products, part.shape));
    }));
  });
}

/** The gradient of {@linkcode winogradConvolution} with respect to the images: a convolution by the filter turned. */
export function imageGradient(gradients: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  return tidyInFloat32(() => {
    const kernels = changeBasis(transforms.turnedFilter, filter, gradients);
    return joined(inParts([gradients], 0, (part) => {
      const products = tf.matMul(imageTiles(part), kernels, false, true);
      return pixels(products, part.shape);
    }));
  });
}

/** The gradient with respect to the filter. */
export function winogradFilterGradient(images: tf.Tensor4D, gradients: tf.Tensor4D): tf.Tensor4D {
  return tidyInFloat32(() => {
    const [channels, filters] = [images.shape[3], gradients.shape[3]];
    const products = inParts(
      [images, gradients],
      4 * reach ** 2 * channels * filters,
      (image, gradient) => tf.matMul(imageTiles(image), slopeTiles(gradient), true),
    );
    const sum = tf.addN(products).reshape<tf.Tensor2D>([reach ** 2, channels * filters]);
    return multiply(transforms.filter, sum, true)
      .reshape([filterReach, filterReach, channels, filters]);
  });
}

/** Height, width, channels in and out. */
export type FilterShape = readonly [number, number, number, number];

/** Where it is faster than oneDNN's convolutions: `deno run -A tests/bench/convolutions.ts` measures both. */
export function winogradPays(
  [batch, height, width]: tf.Tensor4D["shape"],
  [filterHeight, filterWidth, channels, filters]: FilterShape,
  precision: Precision,
  features: readonly string[] = cpuFeatures(),
): boolean {
  const fits = filterHeight === filterReach && filterWidth === filterReach;
  if (!fits || !features.includes("avx2")) return false;
  if (precision === "bfloat16" && Math.min(height, width) < tile) return false;
  const tiles = batch * tilesAlong(height) * tilesAlong(width);
  return Math.min(channels, filters) >= fewestChannels(precision, features) && tiles >= fewestTiles;
}

function fewestChannels(precision: Precision, features: readonly string[]): number {
  if (precision === "float32") return features.includes("avx512f") ? 128 : 64;
  // A direct convolution in bfloat16 is at most twice as fast as in float32, but for AMX.
  return features.includes("amx_bf16") ? Infinity : 256;
}

/** Else changing the filter's basis takes longer than its products. */
const fewestTiles = 32;

/** Tiles of about so many bytes at a time: a processor's cache holds them until their last use. */
const partBytes = 2 ** 24;

/**
 * Computes part of the batch after part: those of several tensors that belong together.
 *
 * @param minBytes Of a part's tiles, where each result takes as many to add up.
 */
function inParts(
  tensors: readonly tf.Tensor4D[],
  minBytes: number,
  compute: (...parts: tf.Tensor4D[]) => tf.Tensor,
): tf.Tensor[] {
  const [batch, height, width] = tensors[0]!.shape;
  const channels = Math.max(...tensors.map(({ shape }) => shape[3]));
  const imageBytes = 4 * reach ** 2 * tilesAlong(height) * tilesAlong(width) * channels;
  const size = Math.max(1, Math.floor(Math.max(partBytes, minBytes) / imageBytes));
  const results: tf.Tensor[] = [];
  for (let start = 0; start < batch; start += size) {
    const previous = results.at(-1);
    results.push(tf.tidy(() =>
      compute(...tensors.map((tensor) => {
        const whole = previous ? withControlDependency(tensor, previous) as tf.Tensor4D : tensor;
        return size < batch
          ? whole.slice([start, 0, 0, 0], [Math.min(size, batch - start), -1, -1, -1])
          : whole;
      }))
    ));
  }
  return results;
}

function joined(parts: tf.Tensor[]): tf.Tensor4D {
  return (parts.length === 1 ? parts[0]! : tf.concat(parts)) as tf.Tensor4D;
}

/** All tiles in the basis of products: `[36, tiles, channels]`. */
function imageTiles(images: tf.Tensor4D): tf.Tensor3D {
  const [batch, height, width, channels] = images.shape;
  const [rows, columns] = [tilesAlong(height), tilesAlong(width)];
  const tiles = batch * rows * columns;
  // A tile begins a pixel before its results, and ends with the first two pixels of the next.
  const [tall, wide] = [tile * rows + reach - tile, tile * columns + reach - tile];
  const pixels = images.pad([[0, 0], [1, tall - height - 1], [1, wide - width - 1], [0, 0]])
    .reshape([batch * tall * wide, channels]);
  const places = new Int32Array(reach ** 2 * tiles);
  let at = 0;
  for (let i = 0; i < reach; i++) {
    for (let j = 0; j < reach; j++) {
      for (let image = 0; image < batch; image++) {
        for (let row = 0; row < rows; row++) {
          const first = (image * tall + tile * row + i) * wide + j;
          for (let column = 0; column < columns; column++) places[at++] = first + tile * column;
        }
      }
    }
  }
  return multiply(
    transforms.image,
    tf.gather(pixels, tf.tensor1d(places, "int32")).reshape([reach ** 2, tiles * channels]),
  ).reshape([reach ** 2, tiles, channels]);
}

/** The same of a result's gradients, whose tiles do not overlap. */
function slopeTiles(gradients: tf.Tensor4D): tf.Tensor3D {
  const [batch, height, width, channels] = gradients.shape;
  const [rows, columns] = [tilesAlong(height), tilesAlong(width)];
  const tiles = batch * rows * columns;
  const blocks = gradients
    .pad([[0, 0], [0, tile * rows - height], [0, tile * columns - width], [0, 0]])
    .reshape([batch, rows, tile, columns, tile, channels])
    .transpose([2, 4, 0, 1, 3, 5])
    .reshape<tf.Tensor2D>([tile ** 2, tiles * channels]);
  return multiply(transforms.result, blocks, true).reshape([reach ** 2, tiles, channels]);
}

/** The result's pixels, of the products of all tiles. */
function pixels(products: tf.Tensor, [batch, height, width]: tf.Tensor4D["shape"]): tf.Tensor4D {
  const filters = products.shape[2]!;
  const [rows, columns] = [tilesAlong(height), tilesAlong(width)];
  const results = products.reshape<tf.Tensor2D>([reach ** 2, batch * rows * columns * filters]);
  return multiply(transforms.result, results)
    .reshape([tile, tile, batch, rows, columns, filters])
    .transpose([2, 3, 0, 4, 1, 5])
    .reshape<tf.Tensor4D>([batch, tile * rows, tile * columns, filters])
    .slice([0, 0, 0, 0], [batch, height, width, filters]);
}

/** `[36, channels, filters]`, which is four times as large: not made before it is used. */
function changeBasis(transform: Transform, filter: tf.Tensor4D, until: tf.Tensor): tf.Tensor3D {
  const [, , channels, filters] = filter.shape;
  const places = withControlDependency(filter, until).reshape<tf.Tensor2D>([
    filterReach ** 2,
    channels * filters,
  ]);
  return multiply(transform, places).reshape([reach ** 2, channels, filters]);
}

function multiply(
  { rows, values }: Transform,
  vectors: tf.Tensor2D,
  transposed = false,
): tf.Tensor2D {
  return tf.matMul(tf.tensor2d(values, [rows, values.length / rows]), vectors, transposed);
}

function tilesAlong(side: number): number {
  return Math.ceil(side / tile);
}
