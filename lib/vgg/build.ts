import { type Bundle, showAs } from "../display/bundle.ts";
import { tableBundle } from "../display/table.ts";
import { tf } from "../engine/tf.ts";
import { initializeVGG } from "./initialize.ts";
import { BatchNormalization } from "./layers/batch_normalization.ts";
import { SeededDropout } from "./layers/dropout.ts";
import { Gelu } from "./layers/gelu.ts";
import { LocalResponseNormalization } from "./layers/local_response_normalization.ts";
import { Whitening } from "./layers/whitening.ts";
import { resolveVGGOptions, type VGGOptions } from "./options.ts";
import { type LayerPlan, planVGG } from "./plan.ts";

/**
 * Builds one of the paper's networks with initial weights.
 *
 * Layers have Keras's names: `block1_conv1` (with batch normalization also `block1_conv1_bn` and
 * `block1_conv1_relu`), `block1_lrn`, `block1_pool`, `flatten`, `fc1`, `fc1_dropout`, `fc2`,
 * `fc2_dropout`, `predictions`; in the other heads `average_pool` or `max_pool`.
 *
 * @returns A model from `[batch, inputSize, inputSize, channels]` to `[batch, classes]`, which the caller
 *   disposes.
 * @throws {OptionError} If an option is not allowed, or the network in `initializer.from` shares no layer
 *   with this one.
 *
 * @example
 * ```ts
 * import { buildVGG, tf } from "vgg";
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, head: "small" });
 * model.predict(tf.zeros([1, 32, 32, 3])); // ten probabilities
 * ```
 */
export function buildVGG(options: VGGOptions = {}): tf.LayersModel {
  const model = buildBlankVGG(options);
  try {
    initializeVGG(model, resolveVGGOptions(options));
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Like {@linkcode buildVGG}, but with all kernels zero, for weights that are loaded afterward. */
export function buildBlankVGG(options: VGGOptions): tf.LayersModel {
  const resolved = resolveVGGOptions(options);
  const { inputSize, channels, configuration } = resolved;
  const input = tf.input({ shape: [inputSize, inputSize, channels], name: "input" });
  const output = planVGG(resolved).reduce(
    (tensor, plan) => applyLayer(layerOf(plan, resolved.weightDecay), tensor),
    input,
  );
  const model = tf.model({ inputs: input, outputs: output, name: `vgg_${configuration}` });
  return showAs(model, modelBundle);
}

function layerOf(plan: LayerPlan, weightDecay: number): tf.layers.Layer {
  const { name } = plan;
  // The penalty is l2 · kernel², so its gradient is 2 · l2 · kernel.
  const penalty = weightDecay === 0
    ? {}
    : { kernelRegularizer: tf.regularizers.l2({ l2: weightDecay / 2 }) };
  switch (plan.kind) {
    case "convolution":
      return tf.layers.conv2d({
        name,
        filters: plan.filters,
        kernelSize: plan.kernelSize,
        padding: "same",
        useBias: plan.bias,
        activation: plan.relu ? "relu" : "linear",
        kernelInitializer: "zeros",
        ...penalty,
      });
    case "dense": {
      const { units, activation } = plan;
      return tf.layers.dense({ name, units, activation, kernelInitializer: "zeros", ...penalty });
    }
    case "batch_normalization":
      return new BatchNormalization({
        name,
        momentum: plan.momentum,
        epsilon: plan.epsilon,
        scale: plan.scale,
      });
    case "whitening":
      return new Whitening({ name, filters: plan.filters, kernelSize: plan.kernelSize });
    case "local_response_normalization":
      return new LocalResponseNormalization({ name });
    case "dropout":
      return new SeededDropout({ name, rate: plan.rate, stream: plan.stream });
    case "relu":
      return tf.layers.activation({ name, activation: "relu" });
    case "gelu":
      return new Gelu({ name });
    case "max_pooling":
      return tf.layers.maxPooling2d({ name, poolSize: 2, strides: 2 });
    case "flatten":
      return tf.layers.flatten({ name });
    case "global_average_pooling":
      return tf.layers.globalAveragePooling2d({ name });
    case "global_max_pooling":
      return tf.layers.globalMaxPooling2d({ name });
  }
}

function applyLayer(layer: tf.layers.Layer, tensor: tf.SymbolicTensor): tf.SymbolicTensor {
  const output = layer.apply(tensor);
  if (output instanceof tf.SymbolicTensor) return output;
  throw new Error(`Layer ${layer.name} must return one symbolic tensor.`);
}

/** How a notebook displays a model: a table of its layers. */
function modelBundle(model: tf.LayersModel): Bundle {
  const counts = model.layers.map((layer) => layer.countParams());
  return tableBundle({
    title: model.name,
    columns: ["layer", "kind", "output", "parameters"],
    rows: model.layers.map((layer, index) => [
      layer.name,
      layer.getClassName(),
      (layer.outputShape as (number | null)[]).slice(1).join(" × "),
      counts[index]!,
    ]),
    foot: ["", "", "", counts.reduce((sum, count) => sum + count, 0)],
  });
}
