import { tf } from "../engine/tf.ts";

/** Values over an image. */
export interface Grid {
  /** Cells per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Values per cell. */
  readonly channels: number;
  /** `[height, width, channels]`, row by row from the top. */
  readonly values: Float32Array;
}

/** A grid of how much each place of an image contributes to a class. */
export interface ClassGrid extends Grid {
  /** The class index. */
  readonly label: number;
}

/** Reads a tensor `[images, height, width, channels]` as one grid per image; does not dispose it. */
export async function readGrids(tensor: tf.Tensor4D): Promise<Grid[]> {
  const [images, height, width, channels] = tensor.shape;
  const values = await tensor.data<"float32">();
  const size = height * width * channels;
  return Array.from({ length: images }, (_, index) => ({
    ...{ width, height, channels },
    values: values.slice(index * size, (index + 1) * size),
  }));
}

/**
 * Returns the filters of a network's first layer. Only their weights can be seen as colors
 * (Krizhevsky et al. 2012, figure 3).
 *
 * @param model Built by `buildVGG`.
 * @returns One grid per filter: 3 × 3, of a whitening layer 2 × 2, with the input's channels, positive and negative values.
 *
 * @example
 * ```ts
 * import { buildVGG } from "vgg";
 * import { firstFilters } from "vgg/explain";
 *
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, width: 0.1 });
 * (await firstFilters(model)).length; // 6
 * ```
 */
export async function firstFilters(model: tf.LayersModel): Promise<Grid[]> {
  const first = model.layers.find(({ weights }) => weights.length > 0)!;
  const kernel = first.getWeights().find(({ rank }) => rank === 4) as tf.Tensor4D;
  const byFilter = tf.transpose(kernel, [3, 0, 1, 2]);
  return await readGrids(byFilter).finally(() => byFilter.dispose());
}
