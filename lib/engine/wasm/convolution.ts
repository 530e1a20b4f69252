import { tf } from "../tf.ts";
import type { Axis, Rows, WindowRows } from "./addressing.ts";

/** The sizes of a convolution, as TensorFlow.js works them out. */
export type ConvolutionShape = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** What the three kernels of a convolution are told about it. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly dilations?: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Works out a convolution's sizes.
 *
 * @param image Shape of the images.
 * @param filter Shape of the filter.
 * @throws {RangeError} For images with channels first.
 */
export function convolutionOf(
  image: readonly number[],
  filter: readonly number[],
  { strides, dilations = 1, pad, dataFormat, dimRoundingMode }: ConvolutionAttributes,
): ConvolutionShape {
  if (dataFormat !== "NHWC") {
    throw new RangeError(`the wasm engine convolves images of NHWC only. Received: ${dataFormat}`);
  }
  return tf.backend_util.computeConv2DInfo(
    image as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
}

/** The pixels of the images that make each pixel of the result. */
export function imageWindows(address: number, convolution: ConvolutionShape): WindowRows {
  return windows(address, convolution, convolution.inChannels, (sizes) => ({
    grid: sizes.result,
    source: sizes.image,
    taps: sizes.taps,
    step: sizes.stride,
    reach: sizes.dilation,
    shift: -sizes.before,
    divisor: 1,
  }));
}

/** The pixels of the result that each pixel of the images went into. */
export function resultWindows(address: number, convolution: ConvolutionShape): WindowRows {
  return windows(address, convolution, convolution.outChannels, (sizes) => ({
    grid: sizes.image,
    source: sizes.result,
    taps: sizes.taps,
    step: 1,
    reach: -sizes.dilation,
    shift: sizes.before,
    divisor: sizes.stride,
  }));
}

/** The filter, a matrix of input by output channels for each tap. */
export function filterRows(address: number, { inChannels, outChannels }: ConvolutionShape): Rows {
  const stride = outChannels * 4;
  return { kind: "plain", address, stride, tapStride: inChannels * stride };
}

/** The pixels of the result, one after the other. */
export function resultRows(address: number, { outChannels }: ConvolutionShape): Rows {
  return { kind: "plain", address, stride: outChannels * 4, tapStride: 0 };
}

/** A convolution's sizes along one axis. */
type Sizes = Record<"image" | "result" | "taps" | "stride" | "dilation" | "before", number>;

function windows(
  address: number,
  convolution: ConvolutionShape,
  channels: number,
  axis: (sizes: Sizes) => Axis,
): WindowRows {
  const vertical = axis({
    image: convolution.inHeight,
    result: convolution.outHeight,
    taps: convolution.filterHeight,
    stride: convolution.strideHeight,
    dilation: convolution.dilationHeight,
    before: convolution.padInfo.top,
  });
  const horizontal = axis({
    image: convolution.inWidth,
    result: convolution.outWidth,
    taps: convolution.filterWidth,
    stride: convolution.strideWidth,
    dilation: convolution.dilationWidth,
    before: convolution.padInfo.left,
  });
  return { kind: "window", address, channels, vertical, horizontal };
}
