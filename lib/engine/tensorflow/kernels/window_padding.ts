import { OptionError } from "../../../errors.ts";
import type { tf } from "../../tf.ts";
import type { KernelOverride } from "./override.ts";

/** A window that moves along the spatial axes of images or volumes: of a pooling, or a filter. */
export interface MovingWindow {
  /** The shape of the images. */
  readonly shape: readonly number[];
  /** The window's sides. */
  readonly sides: number | readonly number[];
  readonly strides: number | readonly number[];
  readonly dilations?: number | readonly number[] | undefined;
  readonly pad: Padding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil" | undefined;
  readonly channelsFirst?: boolean;
  /** The shape of the results, if it is known. */
  readonly outputs?: readonly number[] | undefined;
}

/** As TensorFlow.js takes it. The list has a pair for each axis. */
export type Padding = "same" | "valid" | number | readonly (readonly [number, number])[];

/** How a window moves along one axis. */
export interface WindowAxis {
  readonly axis: number;
  readonly size: number;
  /** The window's side, dilation included. */
  readonly side: number;
  readonly stride: number;
  readonly before: number;
  /** At least what the padding asks for and at most what the windows reach. */
  readonly after: number;
  readonly outputs: number;
}

/**
 * The axes that a window moves along.
 *
 * @throws {OptionError} If the padding is not whole.
 */
export function windowAxes(window: MovingWindow): WindowAxis[] {
  const { shape, sides, strides, dilations, pad, dimRoundingMode, channelsFirst } = window;
  const first = channelsFirst ? 2 : 1;
  return Array.from({ length: shape.length - 2 }, (_, index) => {
    const axis = first + index;
    const size = shape[axis]!;
    const stride = at(strides, index);
    const side = 1 + (at(sides, index) - 1) * at(dilations ?? 1, index);
    const [before, end] = amounts(pad, axis);
    const steps = (size + before + end - side) / stride + 1;
    const outputs = window.outputs?.[axis] ?? Math.max(0, round(steps, dimRoundingMode));
    const after = Math.max(0, (outputs - 1) * stride + side - size - before);
    return { axis, size, side, stride, before, after, outputs };
  });
}

/** Refuses images and filters of another rank, for which oneDNN ends the process. */
export const requireRank = (kernelName: string, rank: number): KernelOverride => (args) => {
  const { inputShape, filterShape } = (args.attrs ?? {}) as Record<string, unknown>;
  const { x, dy, filter, input, output } = args.inputs;
  const tensors = Object.entries({ x, dy, filter, input, output })
    .map(([name, tensor]) => [name, tensor?.shape] as const);
  for (const [name, shape] of [...tensors, ...Object.entries({ inputShape, filterShape })]) {
    if (shape === undefined || Array.isArray(shape) && shape.length === rank) continue;
    throw new OptionError(
      `${kernelName}: ${name} must be of rank ${rank}. Received: ${JSON.stringify(shape)}`,
    );
  }
  return undefined;
};

/** The padding of all axes, as `tf.pad()` takes it. */
export function paddings(axes: readonly WindowAxis[], rank: number): [number, number][] {
  return Array.from({ length: rank }, (_, axis) => {
    const found = axes.find((each) => each.axis === axis);
    return [found?.before ?? 0, found?.after ?? 0];
  });
}

/** The shape of padded images. */
export function paddedShape<Shape extends readonly number[]>(
  shape: Shape,
  axes: readonly WindowAxis[],
): Shape {
  const all = paddings(axes, shape.length);
  return shape.map((size, axis) => size + all[axis]![0] + all[axis]![1]) as unknown as Shape;
}

/** Cuts the padding off. */
export function withoutPadding(
  padded: tf.Tensor,
  axes: readonly WindowAxis[],
  shape: number[],
): tf.Tensor {
  return padded.slice(paddings(axes, shape.length).map(([before]) => before), shape);
}

function amounts(pad: Padding, axis: number): readonly [number, number] {
  const pair = typeof pad === "object" ? pad[axis] ?? [0, 0] : [pad, pad];
  if (pad === "valid") return [0, 0];
  if (pair.every((amount) => Number.isInteger(amount))) return pair as [number, number];
  throw new OptionError(`pad must be whole numbers of pixels. Received: ${JSON.stringify(pad)}`);
}

function at(values: number | readonly number[], index: number): number {
  return typeof values === "number" ? values : values[index] ?? 1;
}

function round(value: number, mode: MovingWindow["dimRoundingMode"]): number {
  return Math[mode ?? "trunc"](value);
}
