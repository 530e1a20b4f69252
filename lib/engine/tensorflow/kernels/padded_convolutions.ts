import { tf } from "../../tf.ts";
import { currentBackend } from "../current_backend.ts";
import type { KernelOverride } from "./override.ts";
import {
  type MovingWindow,
  paddedShape,
  type Padding,
  paddings,
  windowAxes,
  type WindowAxis,
  withoutPadding,
} from "./window_padding.ts";

// tfjs-node pads convolutions only by SAME and VALID, and some by pairs of numbers.

type Arguments = Parameters<KernelOverride>[0];

interface ConvolutionAttributes extends Omit<MovingWindow, "shape" | "sides" | "channelsFirst"> {
  readonly dataFormat?: string;
  readonly filterShape?: number[];
  readonly inputShape?: number[];
}

/** A convolution of images with numeric or rounded padding: the same with a pair for each axis. */
export const numericPadding = (kernelName: string): KernelOverride => ({ inputs, attrs }) => {
  const { pad, dimRoundingMode } = attributesOf(attrs);
  // Pairs that are rounded down to whole steps are what tfjs-node passes to TensorFlow.
  if (typeof pad !== "number" && dimRoundingMode !== "ceil" && dimRoundingMode !== "round") {
    return undefined;
  }
  const axes = paddedAxes(inputs.x!.shape, inputs.filter!.shape, attrs);
  return axes && rerun(kernelName, inputs, attrs, paddings(axes, inputs.x!.shape.length));
};

/** A convolution of volumes with numeric padding. */
export const volumePadding = (kernelName: string): KernelOverride => ({ inputs, attrs }) => {
  const x = inputs.x as tf.Tensor;
  const axes = paddedAxes(x.shape, inputs.filter!.shape, attrs);
  return axes &&
    tf.tidy(() => rerun(kernelName, { ...inputs, x: x.pad(paddings(axes, x.rank)) }, attrs));
};

/** The gradient of a padded convolution with respect to its filter. */
export const filterGradientPadding = (kernelName: string): KernelOverride => (args) => {
  const { dy } = args.inputs;
  const x = args.inputs.x as tf.Tensor;
  const axes = paddedAxes(x.shape, attributesOf(args.attrs).filterShape!, args.attrs, dy!.shape);
  return axes &&
    tf.tidy(() => rerun(kernelName, { x: x.pad(paddings(axes, x.rank)), dy: dy! }, args.attrs));
};

/** The gradient of a padded convolution with respect to its images; a transposed convolution. */
export const inputGradientPadding = (kernelName: string): KernelOverride => (args) => {
  const { dy, filter } = args.inputs;
  const { inputShape } = attributesOf(args.attrs);
  const axes = paddedAxes(inputShape!, filter!.shape, args.attrs, dy!.shape);
  return axes && tf.tidy(() => {
    const attrs = { ...args.attrs, inputShape: paddedShape(inputShape!, axes) };
    return withoutPadding(rerun(kernelName, args.inputs, attrs), axes, inputShape!);
  });
};

/**
 * A transposed convolution with "same" padding whose images are larger than its results make them: what
 * lies beyond is left out, as TensorFlow.js does.
 */
export const cutTransposedConvolution: KernelOverride = ({ inputs, attrs }) => {
  const { inputShape, strides, pad, dataFormat } = attributesOf(attrs);
  const dy = inputs.dy as tf.Tensor4D;
  if (pad !== "same" || dataFormat === "NCHW") return undefined;
  const [, height, width] = tf.backend_util.computeConv2DInfo(
    ...[inputShape as tf.Tensor4D["shape"], inputs.filter!.shape as tf.Tensor4D["shape"]] as const,
    ...[strides as number, 1, "same"] as const,
  ).outShape;
  const [batch, rows, columns, channels] = dy.shape;
  if (rows < height! || columns < width! || (rows === height && columns === width)) {
    return undefined;
  }
  return tf.tidy(() => {
    const cut = dy.slice([0, 0, 0, 0], [batch, height!, width!, channels]);
    return rerun("Conv2DBackpropInput", { ...inputs, dy: cut }, attrs, pad);
  });
};

/** A convolution with channels first, bias and activation. */
export const channelsFirstFused: KernelOverride = ({ inputs, attrs }) => {
  const { activation, leakyreluAlpha, ...rest } = attrs as unknown as tf.FusedConv2DAttrs;
  if (rest.dataFormat !== "NCHW") return undefined;
  return tf.tidy(() => {
    const { x, filter, bias, preluActivationWeights: slopes } = inputs;
    const images = { x: x!, filter: filter! } as unknown as tf.NamedTensorMap;
    const product = tf.engine().runKernel<tf.Tensor>("Conv2D", images, { ...rest });
    const sum = bias ? product.add<tf.Tensor>(perChannel(bias)) : product;
    return currentBackend().applyActivation(
      sum,
      activation,
      slopes && perChannel(slopes),
      leakyreluAlpha,
    );
  });
};

/** A vector with a value for each channel, in a shape that fits to channels first. */
function perChannel(values: tf.TensorInfo): tf.Tensor {
  const { shape } = values;
  // Kernels get tensors, even if TensorFlow.js's types call them TensorInfo.
  const tensor = values as tf.Tensor;
  return shape.length === 1 && shape[0] !== 1 ? tensor.reshape([shape[0]!, 1, 1]) : tensor;
}

/** The axes, if the padding is neither "same" nor "valid" nor none. */
function paddedAxes(
  shape: readonly number[],
  filterShape: readonly number[],
  attributes: Arguments["attrs"],
  outputs?: readonly number[],
): WindowAxis[] | undefined {
  const { dataFormat = "NHWC", pad, ...rest } = attributesOf(attributes);
  if (typeof pad === "string") return undefined;
  const axes = windowAxes({
    ...rest,
    pad,
    shape,
    sides: filterShape.slice(0, shape.length - 2),
    channelsFirst: dataFormat.startsWith("NC"),
    outputs,
  });
  return axes.some(({ before, after }) => before || after) ? axes : undefined;
}

function rerun(
  kernelName: string,
  inputs: tf.NamedTensorInfoMap,
  attributes: Arguments["attrs"],
  pad: Padding = "valid",
): tf.Tensor {
  const { dimRoundingMode: _, ...rest } = attributes ?? {};
  // Kernels get tensors, even if TensorFlow.js's types call them TensorInfo.
  const tensors = inputs as tf.NamedTensorMap;
  return tf.engine().runKernel(kernelName, tensors, { ...rest, pad: pad as string });
}

function attributesOf(attributes: Arguments["attrs"]): ConvolutionAttributes {
  return attributes as unknown as ConvolutionAttributes;
}
