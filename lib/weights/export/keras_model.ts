import { OptionError } from "../../errors.ts";
import { resolveVGGOptions, type VGGOptions } from "../../vgg/options.ts";
import { type LayerPlan, planVGG } from "../../vgg/plan.ts";

/** A layer in the JSON of Keras and TensorFlow.js. */
export interface KerasLayer {
  readonly class_name: string;
  readonly config: { readonly name: string } & Readonly<Record<string, unknown>>;
}

/** A model in the JSON of Keras and TensorFlow.js. */
export interface KerasModel {
  readonly class_name: "Sequential";
  readonly config: { readonly name: string; readonly layers: readonly KerasLayer[] };
}

/**
 * Makes the JSON of a network, without weights, for Keras 2, Keras 3 and TensorFlow.js. The model takes
 * images `[batch, size, size, channels]` and returns probabilities.
 *
 * @throws {OptionError} If the configuration is A-LRN, for which Keras has no layer.
 */
export function kerasModel(network: VGGOptions): KerasModel {
  const options = resolveVGGOptions({ ...network, activation: "softmax" });
  const { configuration, inputSize, channels } = options;
  const input = {
    class_name: "InputLayer",
    config: {
      name: "input",
      batch_input_shape: [null, inputSize, inputSize, channels],
      dtype: "float32",
      sparse: false,
    },
  };
  const layers = planVGG(options).map(layerOf);
  return {
    class_name: "Sequential",
    config: { name: `vgg_${configuration.toLowerCase()}`, layers: [input, ...layers] },
  };
}

function layerOf(plan: LayerPlan): KerasLayer {
  const { name } = plan;
  const layer = (class_name: string, config: Record<string, unknown> = {}): KerasLayer => ({
    class_name,
    config: { name, trainable: true, dtype: "float32", ...config },
  });
  switch (plan.kind) {
    case "convolution":
      return layer("Conv2D", {
        filters: plan.filters,
        kernel_size: [plan.kernelSize, plan.kernelSize],
        strides: [1, 1],
        padding: "same",
        data_format: "channels_last",
        dilation_rate: [1, 1],
        activation: plan.relu ? "relu" : "linear",
        use_bias: plan.bias,
      });
    case "batch_normalization":
      return layer("BatchNormalization", {
        axis: -1,
        momentum: plan.momentum,
        epsilon: plan.epsilon,
        center: true,
        scale: true,
      });
    case "whitening":
    case "gelu":
    case "global_max_pooling":
      throw new TypeError(`${plan.kind} is refused by exportWeights`);
    case "relu":
      return layer("Activation", { activation: "relu" });
    case "max_pooling":
      return layer("MaxPooling2D", {
        pool_size: [2, 2],
        strides: [2, 2],
        padding: "valid",
        data_format: "channels_last",
      });
    case "flatten":
      return layer("Flatten", { data_format: "channels_last" });
    case "global_average_pooling":
      return layer("GlobalAveragePooling2D", { data_format: "channels_last" });
    case "dense":
      return layer("Dense", { units: plan.units, activation: plan.activation, use_bias: true });
    case "dropout":
      return layer("Dropout", { rate: plan.rate });
    case "local_response_normalization":
      throw new OptionError(
        "Keras and TensorFlow.js have no local response normalization. " +
          "Received: configuration A-LRN",
      );
  }
}
