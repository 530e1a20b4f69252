import { tf } from "../engine/tf.ts";
import { type Grid, readGrids } from "./grid.ts";
import { applyLayers, cutNetwork } from "./layers.ts";

/**
 * Computes the feature maps of a layer for images.
 *
 * @param model Built by `buildVGG`.
 * @param images `[images, height, width, channels]`, normalized; not disposed.
 * @param layer A layer with feature maps. With batch normalization, `block1_conv1_relu` is the output
 *   of `block1_conv1` after normalization and ReLU.
 * @returns For every image one grid per channel.
 * @throws {OptionError} If the layer has no feature maps.
 *
 * @example
 * ```ts
 * import { buildVGG, tf } from "vgg";
 * import { featureMaps } from "vgg/explain";
 *
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, width: 0.1 });
 * const [maps] = await featureMaps(model, tf.ones([1, 32, 32, 3]), "block1_conv1"); // 6 of 32 × 32
 * ```
 */
export async function featureMaps(
  model: tf.LayersModel,
  images: tf.Tensor4D,
  layer: string,
): Promise<Grid[][]> {
  const { below } = cutNetwork(model, layer);
  const maps = tf.tidy(() => applyLayers(below, images) as tf.Tensor4D);
  const [, height, width, channels] = maps.shape;
  const byChannel = tf.tidy(() =>
    maps.transpose([0, 3, 1, 2]).reshape<tf.Tensor4D>([-1, height, width, 1])
  );
  maps.dispose();
  const grids = await readGrids(byChannel).finally(() => byChannel.dispose());
  return Array.from(
    { length: images.shape[0] },
    (_, image) => grids.slice(image * channels, (image + 1) * channels),
  );
}
