import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";

/** A network in two parts: the layers up to and with one, and the layers after it. */
export interface CutNetwork {
  readonly below: readonly tf.layers.Layer[];
  readonly above: readonly tf.layers.Layer[];
}

/**
 * Cuts a network after a layer with feature maps. Networks of `buildVGG` are chains, so their layers
 * can be applied one after the other.
 *
 * @param name The name of the layer. Default: the last layer before the last pooling, which is the
 *   last convolution of block 5 with its normalization and ReLU.
 * @throws {OptionError} If no layer with feature maps has the name.
 */
export function cutNetwork(model: tf.LayersModel, name?: string): CutNetwork {
  const layers = layersOf(model);
  const withMaps = layers.filter(hasMaps);
  const cutAt = name ?? withMaps.filter(isNoPooling).at(-1)?.name ?? "";
  if (!withMaps.some((layer) => layer.name === cutAt)) {
    const names = withMaps.map((layer) => layer.name).join(", ");
    throw new OptionError(`layer must be one of ${names}. Received: ${cutAt}`);
  }
  const end = layers.findIndex((layer) => layer.name === cutAt) + 1;
  return { below: layers.slice(0, end), above: layers.slice(end) };
}

/** The layers of a network in order, without its input layer. */
export function layersOf(model: tf.LayersModel): tf.layers.Layer[] {
  return model.layers.filter((layer) => layer.getClassName() !== "InputLayer");
}

/** An upper bound of the bytes that a layer's input and output take for one image. */
export function largestMaps(model: tf.LayersModel): number {
  const sizes = layersOf(model).map(({ outputShape }) =>
    outputShape.slice(1).reduce<number>((product, side) => product * Number(side), 4)
  );
  return 2 * Math.max(...sizes);
}

function hasMaps({ outputShape }: tf.layers.Layer): boolean {
  return outputShape.length === 4;
}

function isNoPooling(layer: tf.layers.Layer): boolean {
  return layer.getClassName() !== "MaxPooling2D";
}

/** Applies layers in order in inference mode, without dropout. Must be called inside `tf.tidy`. */
export function applyLayers(layers: readonly tf.layers.Layer[], input: tf.Tensor): tf.Tensor {
  return layers.reduce((tensor, layer) => layer.apply(tensor) as tf.Tensor, input);
}

/**
 * Applies the last layers of a network and returns the class scores before the softmax. The softmax
 * would mix the other classes into the gradient of one class. Must be called inside `tf.tidy`.
 *
 * @param above The layers after `maps`, up to and with the predictions.
 * @param apply Applies each layer but the last.
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
