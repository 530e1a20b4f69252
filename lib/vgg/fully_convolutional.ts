import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";

/** The kernel size of the convolution that replaces a fully connected layer. */
type KernelSize = readonly [height: number, width: number];

/**
 * Converts a network to its fully convolutional form, which takes larger images (section 3.2 of the
 * paper). The first fully connected layer becomes a convolution with a kernel as large as the last map
 * (7×7 at 224 pixels), the others become 1×1 convolutions, and the resulting map of class scores is
 * averaged over space. A head that begins with global average pooling is kept, because it takes any size.
 * At the network's own input size the logits are the same.
 *
 * The two networks share the values of the weights until one of them changes its weights. The caller
 * disposes each of them separately.
 *
 * @param model A network of `buildVGG` that returns logits.
 * @returns A model from `[batch, height, width, channels]`, at least as large as the network's own input,
 *   to logits `[batch, classes]`.
 * @throws {OptionError} If the network's last activation is not `"linear"`.
 *
 * @example
 * ```ts
 * import { buildVGG, toFullyConvolutional } from "vgg/vgg";
 * import { tf } from "vgg/engine";
 *
 * const options = { inputSize: 32, classes: 10, width: 0.1, activation: "linear" } as const;
 * const model = buildVGG({ ...options, configuration: "A" });
 * const dense = toFullyConvolutional(model);
 * dense.predict(tf.zeros([1, 40, 56, 3])); // ten logits
 * ```
 */
export function toFullyConvolutional(model: tf.LayersModel): tf.LayersModel {
  requireLogits(model);
  const channels = model.inputs[0]?.shape.at(-1) ?? null;
  const input = tf.input({ shape: [null, null, channels], name: "input" });
  let output: tf.SymbolicTensor = input;
  let kernelSize: KernelSize | undefined;
  for (const layer of model.layers) {
    const kind = layer.getClassName();
    if (kind === "InputLayer") continue;
    if (kind === "Flatten") {
      kernelSize = inputSizeOf(layer);
    } else if (kind === "Dense" && kernelSize) {
      output = applyAsConvolution(layer, kernelSize, output);
      kernelSize = [1, 1];
    } else {
      output = applyCopy(layer, output);
    }
  }
  if (kernelSize) {
    const average = tf.layers.globalAveragePooling2d({ name: "score_average" });
    output = average.apply(output) as tf.SymbolicTensor;
  }
  return tf.model({ inputs: input, outputs: output, name: `${model.name}_dense` });
}

function requireLogits(model: tf.LayersModel): void {
  const activation = model.layers.at(-1)?.getConfig().activation;
  if (activation === "linear") return;
  throw new OptionError(
    "the activation of a network to make fully convolutional must be linear. " +
      `Received: ${activation}`,
  );
}

function inputSizeOf(layer: tf.layers.Layer): KernelSize {
  const { shape: [, height, width] } = layer.input as tf.SymbolicTensor;
  return [height ?? 1, width ?? 1];
}

function applyAsConvolution(
  layer: tf.layers.Layer,
  [height, width]: KernelSize,
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
    // A reshape is enough: a flattened map has the same order as a kernel.
    convolution.setWeights(weights.map((weight, index) => weight.reshape(shapes[index]!)));
  });
  return output;
}

/** Applies a copy of a layer, because the layer itself must not get a second input node. */
function applyCopy(layer: tf.layers.Layer, input: tf.SymbolicTensor): tf.SymbolicTensor {
  const kind = layer.constructor as tf.serialization.SerializableConstructor<tf.layers.Layer>;
  const copy = kind.fromConfig(kind, layer.getConfig());
  const output = copy.apply(input) as tf.SymbolicTensor;
  copy.setWeights(layer.getWeights());
  return output;
}
