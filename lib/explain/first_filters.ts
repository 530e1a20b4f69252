import { tf } from "../engine/tf.ts";
import { type Grid, readGrids } from "./grid.ts";

/**
 * The filters of a network's first layer, the only ones whose weights are colours (shown first by
 * Krizhevsky et al. 2012, figure 3).
 *
 * @param model Of `buildVGG`.
 * @returns A grid a filter, 3 × 3 with the input's channels, of either sign.
 *
 * @example
 * ```ts
 * import { buildVGG, firstFilters } from "vgg";
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
