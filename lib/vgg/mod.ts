/**
 * The networks of the VGG paper as TensorFlow.js models: build them, and count their parameters,
 * multiply-adds and receptive fields.
 *
 * This entry needs only TensorFlow.js. The configurations are one table. `buildVGG` builds a
 * `tf.LayersModel` of any of them with Keras's layer names; `vgg16`, `vgg16_bn` and so on are short forms
 * by torchvision's names.
 *
 * @example
 * ```ts
 * import { buildVGG, configurations, countVGG } from "vgg/vgg";
 * import { tf } from "vgg/engine";
 *
 * await tf.setBackend("cpu");
 * Object.keys(configurations); // A, A-LRN, B, C, D, E
 * countVGG({ configuration: "D" }).parameters; // 138357544
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, width: 1 / 16 });
 * model.outputs[0]!.shape; // [null, 10]
 * model.dispose();
 * ```
 *
 * @module
 */

export {
  type ConfigurationName,
  configurations,
  type Convolution,
  type EarlyPooling,
  type NetworkBlock,
  type NetworkName,
  networks,
  type ResponseNormalization,
  type VGGBlock,
} from "./configurations.ts";
export type { Distribution, InitializeFrom, NormalDistribution, VGGOptions } from "./options.ts";
export { buildVGG } from "./build.ts";
export {
  type NamedVGGOptions,
  vgg11,
  vgg11_bn,
  vgg13,
  vgg13_bn,
  vgg16,
  vgg16_bn,
  vgg19,
  vgg19_bn,
} from "./models.ts";
export { toFullyConvolutional } from "./fully_convolutional.ts";
export { countVGG, type LayerCount, type LayerKind, type VGGCount } from "./analysis/count.ts";
export { countStack, type Stack, type StackCount } from "./analysis/count_stack.ts";
export { type ReceptiveField, receptiveFields } from "./analysis/receptive_field.ts";
export { type ActivationRms, activationRms } from "./analysis/activation_rms.ts";
export { alexNet, type AlexNetCount, type AlexNetLayer, countAlexNet } from "./analysis/alexnet.ts";
export type { LayerPlan } from "./plan.ts";
