import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";

/** A network cut in two: what leads to a layer's output, that layer included, and what follows. */
export interface CutNetwork {
  readonly below: readonly tf.layers.Layer[];
  readonly above: readonly tf.layers.Layer[];
}

/**
 * Cuts a network behind a layer whose output is maps. Networks of `buildVGG` are chains, so that
 * their layers can be applied one after the other to tensors.
 *
 * @param name The layer's. Default: the last one before the last pooling, which is block 5's last
 *   convolution, its normalization and ReLU included.
 * @throws {OptionError} Where no layer with maps has the name.
 */
export function cutNetwork(model: tf.LayersModel, name?: string): CutNetwork {
  const layers = layersOf(model);
  const named = layers.map((layer) => layer.name);
  const withMaps = layers.filter(hasMaps).map((layer) => layer.name);
  const wanted = name ?? layers.filter(isBeforeLastPooling).at(-1)?.name ?? "";
  if (!withMaps.includes(wanted)) {
    throw new OptionError(`layer must be one of ${withMaps.join(", ")}. Received: ${wanted}`);
  }
  const end = named.indexOf(wanted) + 1;
  return { below: layers.slice(0, end), above: layers.slice(end) };
}

/** A network's layers from the first that computes to the predictions. */
export function layersOf(model: tf.LayersModel): tf.layers.Layer[] {
  return model.layers.filter((layer) => layer.getClassName() !== "InputLayer");
}

/** What a network's largest layer reads and gives for an image, in bytes. */
export function largestMaps(model: tf.LayersModel): number {
  const sizes = layersOf(model).map(({ outputShape }) =>
    outputShape.slice(1).reduce<number>((product, side) => product * Number(side), 4)
  );
  return 2 * Math.max(...sizes);
}

function hasMaps({ outputShape }: tf.layers.Layer): boolean {
  return outputShape.length === 4;
}

function isBeforeLastPooling(layer: tf.layers.Layer): boolean {
  return hasMaps(layer) && layer.getClassName() !== "MaxPooling2D";
}

/** Applies layers one after the other, as in prediction: without dropout. Call it inside `tf.tidy`. */
export function applyLayers(layers: readonly tf.layers.Layer[], input: tf.Tensor): tf.Tensor {
  return layers.reduce((tensor, layer) => layer.apply(tensor) as tf.Tensor, input);
}

/**
 * Applies a network's last layers; class scores come without the softmax, whose gradient would say
 * more of the other classes than of the wanted one. Call it inside `tf.tidy`.
 */
export function classScoresOf(
  above: readonly tf.layers.Layer[],
  maps: tf.Tensor,
  apply: (layer: tf.layers.Layer, input: tf.Tensor) => tf.Tensor = applyLayer,
): tf.Tensor2D {
  const predictions = above.at(-1)!;
  const input = above.slice(0, -1).reduce((tensor, layer) => apply(layer, tensor), maps);
  const [kernel, bias] = predictions.getWeights();
  return tf.add(tf.matMul(input as tf.Tensor2D, kernel as tf.Tensor2D), bias!);
}

function applyLayer(layer: tf.layers.Layer, input: tf.Tensor): tf.Tensor {
  return layer.apply(input) as tf.Tensor;
}
