import { tf } from "../../tf.ts";
import { flag, integer, text, typeOf } from "./attributes.ts";
import type { KernelOverride } from "./override.ts";
import { runOpInTypes } from "./run.ts";
import {
  type MovingWindow,
  paddedShape,
  paddings,
  requireRank,
  windowAxes,
  type WindowAxis,
  withoutPadding,
} from "./window_padding.ts";

// TensorFlow pools only by SAME and VALID: for other padding, images are padded before.

type Arguments = Parameters<KernelOverride>[0];
type PoolAttributes = Omit<MovingWindow, "shape" | "sides"> & {
  readonly filterSize: MovingWindow["sides"];
};

/** Pooling with explicit, numeric or rounded padding, of images or volumes. */
export const paddedPooling = (kernelName: string): KernelOverride => ({ inputs, attrs }) => {
  const x = inputs.x as tf.Tensor;
  const axes = paddedAxes(x, attrs);
  if (!axes) return undefined;
  if (axes.some(({ outputs }) => outputs === 0)) return tf.zeros(outputShape(x, axes), x.dtype);
  return tf.tidy(() => {
    const isMaximum = kernelName.startsWith("Max");
    const pooled = pool(kernelName, { x: padded(x, axes, isMaximum) }, attrs);
    return isMaximum ? withoutEmpty(pooled, axes) : pooled.div(shares(axes, x.rank));
  });
};

/** The gradient of {@linkcode paddedPooling}. */
export const paddedPoolingGradient =
  (kernelName: string): KernelOverride => ({ inputs, attrs }) => {
    const { input: x, dy, output } = inputs as Record<string, tf.Tensor>;
    const axes = paddedAxes(x!, attrs, dy!.shape);
    if (!axes) return undefined;
    if (dy!.size === 0) return tf.zerosLike(x!);
    return tf.tidy(() => {
      const isMaximum = kernelName.startsWith("Max");
      const given: tf.NamedTensorMap = isMaximum
        ? { dy: dy!, input: padded(x!, axes, true), output: output! }
        : { dy: dy!.div<tf.Tensor>(shares(axes, x!.rank)), input: padded(x!, axes, false) };
      return withoutPadding(pool(kernelName, given, attrs), axes, x!.shape);
    });
  };

/** The largest values, and where they were: indices into one image, or into the batch. */
export const maxPoolWithArgmax: tf.KernelConfig = {
  kernelName: "MaxPoolWithArgmax",
  backendName: "tensorflow",
  kernelFunc: (args) => {
    requireRank("MaxPoolWithArgmax", 4)(args);
    const { inputs, attrs } = args;
    const x = inputs.x as tf.Tensor;
    const axes = paddedAxes(x, attrs);
    const includesBatch = attrs?.includeBatchInIndex === true;
    return tf.tidy(() => {
      const numbers = x.dtype === "float32" ? tf.where(x.isNaN(), -Infinity, x) : x;
      const images = axes ? padded(numbers, axes, true) : numbers;
      const { filterSize, strides, pad } = attrs as unknown as PoolAttributes;
      const [result, index] = runOpInTypes(
        "MaxPoolWithArgmax",
        [
          typeOf("T", x.dtype),
          typeOf("Targmax", "int64"),
          integer("ksize", [1, ...pair(filterSize), 1]),
          integer("strides", [1, ...pair(strides), 1]),
          text("padding", pad === "same" ? "SAME" : "VALID"),
          flag("include_batch_in_index", includesBatch),
        ],
        [{ tensor: images }],
        2,
      );
      return [result!, axes ? indexWithoutPadding(index!, axes, x.shape) : index!];
    });
  },
};

/** The axes, if TensorFlow's op cannot pad them. */
function paddedAxes(
  { shape }: tf.TensorInfo,
  attributes: Arguments["attrs"],
  outputs?: readonly number[],
): WindowAxis[] | undefined {
  const { filterSize: sides, ...rest } = attributes as unknown as PoolAttributes;
  if (rest.pad === "same") return undefined;
  const axes = windowAxes({ ...rest, shape, sides, outputs });
  return axes.some(({ before, after, outputs }) => before || after || !outputs) ? axes : undefined;
}

/** Runs the kernel on padded images. */
function pool(name: string, inputs: tf.NamedTensorMap, attributes: Arguments["attrs"]): tf.Tensor {
  const { dimRoundingMode: _, ...rest } = attributes ?? {};
  return tf.engine().runKernel(name, inputs, { ...rest, pad: "valid" });
}

/** @param isMaximum Whether the padding is less than all values, and not zero. */
function padded(x: tf.Tensor, axes: readonly WindowAxis[], isMaximum: boolean): tf.Tensor {
  const least = x.dtype === "float32" ? -Infinity : -(2 ** 31);
  return x.pad(paddings(axes, x.rank), isMaximum ? least : 0);
}

/** The share of each window that lies within the image; 1 for a window without any pixel. */
function shares(axes: readonly WindowAxis[], rank: number): tf.Tensor {
  const all = axes.map((axis) =>
    ofWindows(axis, rank, (pixels) => pixels > 0 ? pixels / axis.side : 1)
  );
  return all.reduce((product, share) => product.mul(share));
}

/** Makes the largest value of no pixels minus infinity: TensorFlow's is the least finite number. */
function withoutEmpty(pooled: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  if (pooled.dtype !== "float32") return pooled;
  const isEmpty = ({ before, size, side, stride, outputs }: WindowAxis): boolean =>
    before >= side || (outputs - 1) * stride - before >= size;
  return axes.filter(isEmpty).reduce((kept, axis) => {
    const limits = ofWindows(axis, kept.rank, (pixels) => pixels > 0 ? Infinity : -Infinity);
    return kept.minimum(limits);
  }, pooled);
}

/** A number for each window along one axis, from the number of pixels in it. */
function ofWindows(
  { axis, size, side, stride, before, outputs }: WindowAxis,
  rank: number,
  numberOf: (pixels: number) => number,
): tf.Tensor {
  const values = Array.from({ length: outputs }, (_, output) => {
    const start = output * stride - before;
    return numberOf(Math.min(start + side, size) - Math.max(start, 0));
  });
  return tf.tensor(values, Array.from({ length: rank }, (_, i) => i === axis ? outputs : 1));
}

function outputShape({ shape }: tf.Tensor, axes: readonly WindowAxis[]): number[] {
  return shape.map((size, axis) => axes.find((each) => each.axis === axis)?.outputs ?? size);
}

/** Turns indices into padded images, whose padding is never the largest, into those of the images. */
function indexWithoutPadding(
  index: tf.Tensor,
  axes: readonly WindowAxis[],
  shape: number[],
): tf.Tensor {
  const [, height = 1, width = 1, channels = 1] = shape;
  const [, paddedHeight, paddedWidth] = paddedShape(shape, axes);
  const [rows, columns] = axes;
  const number = (value: number): tf.Tensor => tf.scalar(value, "int32");
  const pixel = index.floorDiv(number(channels));
  const line = pixel.floorDiv(number(paddedWidth!));
  const column = pixel.mod(number(paddedWidth!)).sub(number(columns!.before));
  const row = line.mod(number(paddedHeight!)).sub(number(rows!.before));
  const image = line.floorDiv(number(paddedHeight!));
  return image.mul(number(height)).add(row).mul(number(width)).add(column)
    .mul(number(channels)).add(index.mod(number(channels)));
}

function pair(values: number | readonly number[]): readonly number[] {
  return typeof values === "number" ? [values, values] : values;
}
