import { tf } from "../engine/tf.ts";

/** Sides of the windows that a fully connected layer becomes, from the flattened map to the scores. */
type Window = readonly [height: number, width: number];

/**
 * The fully convolutional form of a network, as section 3.2 of the paper applies it to whole
 * images: the first fully connected layer becomes a convolution with a window as large as the last
 * map (7×7 at 224 pixels), the others become 1×1 convolutions, and the map of class scores that they
 * give is averaged over space. Where the head begins with global average pooling it takes images of
 * any size as it is. At the network's own size the logits are the network's.
 *
 * The weights' values are shared, not copied, until either network changes its own; each is disposed
 * of by itself.
 *
 * @param model Of `buildVGG`, giving logits.
 * @returns A model from `[batch, height, width, channels]`, no smaller than the network's own input,
 *   to logits `[batch, classes]`.
 * @throws {RangeError} For a network that ends with another activation.
 *
 * @example
 * ```ts
 * import { buildVGG, toFullyConvolutional, tf } from "vgg";
 *
 * const model = buildVGG({
 *   ...{ configuration: "A", inputSize: 32, classes: 10, width: 0.1, activation: "linear" },
 * });
 * const dense = toFullyConvolutional(model);
 * dense.predict(tf.zeros([1, 40, 56, 3])); // ten logits
 * ```
 */
export function toFullyConvolutional(model: tf.LayersModel): tf.LayersModel {
  requireLogits(model);
  const channels = model.inputs[0]?.shape.at(-1) ?? null;
  const input = tf.input({ shape: [null, null, channels], name: "input" });
  let output: tf.SymbolicTensor = input;
  let window: Window | undefined;
  for (const layer of model.layers) {
    const kind = layer.getClassName();
    if (kind === "InputLayer") continue;
    if (kind === "Flatten") {
      window = mapOf(layer);
    } else if (kind === "Dense" && window) {
      output = convolve(layer, window, output);
      window = [1, 1];
    } else {
      output = applyCopy(layer, output);
    }
  }
  if (window) {
    const average = tf.layers.globalAveragePooling2d({ name: "score_average" });
    output = average.apply(output) as tf.SymbolicTensor;
  }
  return tf.model({ inputs: input, outputs: output, name: `${model.name}_dense` });
}

function requireLogits(model: tf.LayersModel): void {
  const activation = model.layers.at(-1)?.getConfig().activation;
  if (activation === "linear") return;
  throw new RangeError(
    `a dense form needs a network that gives logits: activation "linear". Received: ${activation}`,
  );
}

/** Height and width of the map that a layer flattens. */
function mapOf(layer: tf.layers.Layer): Window {
  const { shape: [, height, width] } = layer.input as tf.SymbolicTensor;
  return [height ?? 1, width ?? 1];
}

/** A fully connected layer as a convolution that covers `window`. */
function convolve(
  layer: tf.layers.Layer,
  [height, width]: Window,
  input: tf.SymbolicTensor,
): tf.SymbolicTensor {
  const convolution = tf.layers.conv2d({
    name: layer.name,
    filters: layer.getWeights()[0]?.shape.at(-1) ?? 0,
    kernelSize: [height, width],
    padding: "valid",
    activation: layer.getConfig().activation as "relu" | "linear",
    kernelInitializer: "zeros",
  });
  const output = convolution.apply(input) as tf.SymbolicTensor;
  tf.tidy(() => {
    const weights = layer.getWeights();
    const shapes = convolution.getWeights().map(({ shape }) => shape);
    // Rows of a map were flattened in the order in which a kernel lists them.
    convolution.setWeights(weights.map((weight, index) => weight.reshape(shapes[index]!)));
  });
  return output;
}

/** The same layer once more: to share the layer itself would tell it of two inputs. */
function applyCopy(layer: tf.layers.Layer, input: tf.SymbolicTensor): tf.SymbolicTensor {
  const kind = layer.constructor as tf.serialization.SerializableConstructor<tf.layers.Layer>;
  const copy = kind.fromConfig(kind, layer.getConfig());
  const output = copy.apply(input) as tf.SymbolicTensor;
  copy.setWeights(layer.getWeights());
  return output;
}
