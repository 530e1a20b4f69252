import { resolveVGGOptions, type VGGOptions } from "../options.ts";
import { type LayerPlan, planVGG } from "../plan.ts";

/** The receptive field of a layer's units, along one side. */
export interface ReceptiveField {
  /** The layer's name in the built network. */
  readonly name: string;
  /** The side of the square of input pixels that a unit depends on; it may exceed the image. */
  readonly size: number;
  /** Input pixels from one unit to the next. */
  readonly step: number;
}

/** The settings of a layer that determine its receptive field. */
export interface ReceptiveWindow {
  readonly name: string;
  readonly kernelSize: number;
  readonly stride: number;
}

/**
 * Computes the receptive fields of a stack of layers: a kernel of size `k` with stride `s` makes the field
 * larger by `(k − 1) · step`, and multiplies the step by `s`.
 *
 * @example
 * ```ts
 * import { receptiveFieldsOf } from "./receptive_field.ts";
 *
 * const convolution = { name: "convolution", kernelSize: 3, stride: 1 };
 * receptiveFieldsOf([convolution, convolution, convolution]).at(-1)?.size; // 7
 * ```
 */
export function receptiveFieldsOf(windows: readonly ReceptiveWindow[]): ReceptiveField[] {
  let [size, step] = [1, 1];
  return windows.map(({ name, kernelSize, stride }) => {
    size += (kernelSize - 1) * step;
    step *= stride;
    return { name, size, step };
  });
}

/**
 * Computes the receptive fields of a network's convolutions and poolings, in the network's order.
 *
 * @throws {OptionError} If an option is not allowed.
 *
 * @example
 * ```ts
 * import { receptiveFields } from "vgg";
 *
 * receptiveFields({ configuration: "D" }).at(-1)?.size; // 212
 * ```
 */
export function receptiveFields(options: VGGOptions = {}): ReceptiveField[] {
  return receptiveFieldsOf(planVGG(resolveVGGOptions(options)).flatMap(windowOf));
}

function windowOf(plan: LayerPlan): ReceptiveWindow[] {
  const { name } = plan;
  if (plan.kind === "convolution" || plan.kind === "whitening") {
    return [{ name, kernelSize: plan.kernelSize, stride: 1 }];
  }
  return plan.kind === "max_pooling" ? [{ name, kernelSize: 2, stride: 2 }] : [];
}
