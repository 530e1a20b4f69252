import { resolveVGGOptions, type VGGOptions } from "../options.ts";
import { type LayerPlan, planVGG } from "../plan.ts";

/** The kind of a layer in a network of the paper. */
export type LayerKind =
  | "input"
  | "convolution"
  | "batch_normalization"
  | "whitening"
  | "relu"
  | "gelu"
  | "local_response_normalization"
  | "max_pooling"
  | "flatten"
  | "global_average_pooling"
  | "global_max_pooling"
  | "dense"
  | "dropout";

/** The costs of one layer for one image. */
export interface LayerCount {
  /** The layer's name in the built network. */
  name: string;
  /** The layer's kind. */
  kind: "input" | LayerPlan["kind"];
  /** Without the batch dimension: `[height, width, channels]` or `[units]`. */
  outputShape: number[];
  /** Trainable parameters. */
  parameters: number;
  /** Parameters without a gradient: moving averages, fixed scales, and whitening filters. */
  nonTrainableParameters: number;
  /** Multiply-adds; 0 except for convolutions and fully connected layers. */
  macs: number;
  /** Bytes of the output as float32; 0 for flatten, which only reshapes its input. */
  activationBytes: number;
}

/** The costs of a network. */
export interface VGGCount {
  /** From the input to the predictions. */
  layers: LayerCount[];
  /** Trainable parameters. */
  parameters: number;
  /** Moving averages of batch normalization. */
  nonTrainableParameters: number;
  /**
   * Multiply-adds of convolutions and fully connected layers in one forward pass of one image. Padding is
   * included; bias, normalization, activation and pooling are not.
   */
  macs: number;
  /** Bytes of all parameters, trainable or not, as float32. */
  weightBytes: number;
  /**
   * Bytes of activations for one image, as float32. `training`: the input and the outputs of all layers,
   * which the backward pass needs. `inference`: the largest sum of a layer's input and output, which must
   * be in memory at the same time.
   */
  activationBytes: { training: number; inference: number };
}

/**
 * Counts a network's parameters, multiply-adds and memory by arithmetic, without building it.
 *
 * @throws {OptionError} If an option is not allowed.
 *
 * @example
 * ```ts
 * import { countVGG } from "vgg";
 * countVGG({ configuration: "D" }).parameters; // 138357544
 * ```
 */
export function countVGG(options: VGGOptions = {}): VGGCount {
  const resolved = resolveVGGOptions(options);
  const { inputSize, channels } = resolved;
  const layers = [countLayer("input", { kind: "input" }, [inputSize, inputSize, channels])];
  let inference = 0;
  for (const plan of planVGG(resolved)) {
    const inputShape = layers.at(-1)?.outputShape ?? [];
    const layer = countLayer(plan.name, plan, inputShape);
    inference = Math.max(inference, 4 * product(inputShape) + layer.activationBytes);
    layers.push(layer);
  }
  const parameters = sum(layers.map((layer) => layer.parameters));
  const nonTrainableParameters = sum(layers.map((layer) => layer.nonTrainableParameters));
  return {
    layers,
    parameters,
    nonTrainableParameters,
    macs: sum(layers.map((layer) => layer.macs)),
    weightBytes: 4 * (parameters + nonTrainableParameters),
    activationBytes: { training: sum(layers.map((layer) => layer.activationBytes)), inference },
  };
}

function countLayer(
  name: string,
  plan: LayerPlan | { kind: "input" },
  inputShape: number[],
): LayerCount {
  const outputShape = outputShapeOf(plan, inputShape);
  const inputChannels = inputShape.at(-1) ?? 0;
  const counts = { parameters: 0, nonTrainableParameters: 0, macs: 0 };
  if (plan.kind === "convolution") {
    const weights = plan.kernelSize ** 2 * inputChannels * plan.filters;
    counts.parameters = weights + (plan.bias ? plan.filters : 0);
    counts.macs = product(outputShape.slice(0, 2)) * weights;
  } else if (plan.kind === "whitening") {
    const weights = plan.kernelSize ** 2 * inputChannels * plan.filters;
    counts.parameters = plan.filters;
    counts.nonTrainableParameters = weights;
    counts.macs = product(outputShape.slice(0, 2)) * weights;
  } else if (plan.kind === "dense") {
    counts.macs = inputChannels * plan.units;
    counts.parameters = counts.macs + plan.units;
  } else if (plan.kind === "batch_normalization") {
    counts.parameters = (plan.scale ? 2 : 1) * inputChannels;
    counts.nonTrainableParameters = 4 * inputChannels - counts.parameters;
  }
  const activationBytes = plan.kind === "flatten" ? 0 : 4 * product(outputShape);
  return { name, kind: plan.kind, outputShape, ...counts, activationBytes };
}

function outputShapeOf(plan: LayerPlan | { kind: "input" }, inputShape: number[]): number[] {
  const [height = 1, width = 1, channels = 1] = inputShape;
  switch (plan.kind) {
    case "convolution":
      return [height, width, plan.filters];
    case "whitening":
      return [height - plan.kernelSize + 1, width - plan.kernelSize + 1, plan.filters];
    case "max_pooling":
      return [Math.floor(height / 2), Math.floor(width / 2), channels];
    case "global_average_pooling":
    case "global_max_pooling":
      return [channels];
    case "flatten":
      return [product(inputShape)];
    case "dense":
      return [plan.units];
    default:
      return inputShape;
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function product(values: number[]): number {
  return values.reduce((total, value) => total * value, 1);
}
