import { tf } from "../engine/tf.ts";
import { type Grid, readGrids } from "./grid.ts";

/**
 * Returns the filters of a network's first layer. Only their weights can be seen as colors
 * (Krizhevsky et al. 2012, figure 3).
 *
 * @param model Built by `buildVGG`.
 * @returns One grid per filter: 3 × 3 with the input's channels, positive and negative values.
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
  const kernel = model.getLayer("block1_conv1").getWeights()[0] as tf.Tensor4D;
  const byFilter = tf.transpose(kernel, [3, 0, 1, 2]);
  return await readGrids(byFilter).finally(() => byFilter.dispose());
}
