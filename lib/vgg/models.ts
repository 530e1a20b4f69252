import type { tf } from "../engine/tf.ts";
import { buildVGG } from "./build.ts";
import type { VGGOptions } from "./options.ts";

/**
 * The options of `vgg11` to `vgg19_bn`, whose names fix the configuration and batch normalization. The caller
 * disposes of the models.
 */
export type NamedVGGOptions = Omit<VGGOptions, "configuration" | "batchNorm">;

/** Builds VGG11, the paper's configuration A: 132,863,336 parameters. See {@linkcode buildVGG}. */
export function vgg11(options: NamedVGGOptions = {}): tf.LayersModel {
  return buildVGG({ ...options, configuration: "A", batchNorm: false });
}

/** Builds VGG11 with batch normalization: 132,868,840 trainable parameters. */
export function vgg11_bn(options: NamedVGGOptions = {}): tf.LayersModel {
  return buildVGG({ ...options, configuration: "A", batchNorm: true });
}

/** Builds VGG13, the paper's configuration B: 133,047,848 parameters. */
export function vgg13(options: NamedVGGOptions = {}): tf.LayersModel {
  return buildVGG({ ...options, configuration: "B", batchNorm: false });
}

/** Builds VGG13 with batch normalization: 133,053,736 trainable parameters. */
export function vgg13_bn(options: NamedVGGOptions = {}): tf.LayersModel {
  return buildVGG({ ...options, configuration: "B", batchNorm: true });
}

/**
 * Builds VGG16, the paper's configuration D: 138,357,544 parameters.
 *
 * @example
 * ```ts
 * import { vgg16 } from "vgg/vgg";
 * import { tf } from "vgg/engine";
 *
 * await tf.setBackend("cpu");
 * const model = vgg16({ inputSize: 32, classes: 10, width: 1 / 16 });
 * model.outputs[0]!.shape; // [null, 10]
 * model.dispose();
 * ```
 */
export function vgg16(options: NamedVGGOptions = {}): tf.LayersModel {
  return buildVGG({ ...options, configuration: "D", batchNorm: false });
}

/** Builds VGG16 with batch normalization: 138,365,992 trainable parameters. */
export function vgg16_bn(options: NamedVGGOptions = {}): tf.LayersModel {
  return buildVGG({ ...options, configuration: "D", batchNorm: true });
}

/** Builds VGG19, the paper's configuration E: 143,667,240 parameters. */
export function vgg19(options: NamedVGGOptions = {}): tf.LayersModel {
  return buildVGG({ ...options, configuration: "E", batchNorm: false });
}

/** Builds VGG19 with batch normalization: 143,678,248 trainable parameters. */
export function vgg19_bn(options: NamedVGGOptions = {}): tf.LayersModel {
  return buildVGG({ ...options, configuration: "E", batchNorm: true });
}
