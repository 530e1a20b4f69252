import { resolveVGGOptions, type VGGOptions } from "../options.ts";
import { type LayerPlan, planVGG } from "../plan.ts";

/** What one unit of a layer sees of the input, along one side. */
export interface ReceptiveField {
  /** The layer's name in the built network. */
  readonly name: string;
  /** Side of the square of input pixels that the unit depends on; it may reach beyond the image. */
  readonly size: number;
  /** Input pixels from one unit to the next. */
  readonly step: number;
}

/** The part of a layer that decides what its units see. */
export interface ReceptiveWindow {
  readonly name: string;
  readonly kernelSize: number;
  readonly stride: number;
}

/**
 * Follows the receptive field through a stack of layers: a window of `k` at a stride of `s` makes it
 * `(k − 1) · step` larger and the step `s` times as long.
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
 * The receptive fields of a network's convolutions and poolings, from the first block to the last.
 *
 * @throws {RangeError} For an option that is not allowed.
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
  if (plan.kind === "convolution") return [{ name, kernelSize: plan.kernelSize, stride: 1 }];
  return plan.kind === "max_pooling" ? [{ name, kernelSize: 2, stride: 2 }] : [];
}
