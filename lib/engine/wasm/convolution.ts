import { tf } from "../tf.ts";
import type { Axis, Rows, WindowRows } from "./addressing.ts";

/** The sizes of a convolution, as TensorFlow.js computes them. */
export type ConvolutionShape = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** The attributes of a convolution's three kernels. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly dilations?: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Computes the sizes of a convolution.
 *
 * @param image The shape of the images.
 * @param filter The shape of the filter.
 * @throws {RangeError} If the data format is not `NHWC`.
 */
export function convolutionShape(
  image: readonly number[],
  filter: readonly number[],
  { strides, dilations = 1, pad, dataFormat, dimRoundingMode }: ConvolutionAttributes,
): ConvolutionShape {
  if (dataFormat !== "NHWC") {
    throw new RangeError(`dataFormat must be NHWC on the engine wasm. Received: ${dataFormat}`);
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

/** The pixels of the images from which each pixel of the result is computed. */
export function imageWindows(address: number, shape: ConvolutionShape): WindowRows {
  return windows(address, shape, shape.inChannels, (sizes) => ({
    positions: sizes.result,
    pixels: sizes.image,
    taps: sizes.taps,
    stride: sizes.stride,
    dilation: sizes.dilation,
    offset: -sizes.before,
    divisor: 1,
  }));
}

/** The pixels of the result that each pixel of the images contributes to. */
export function resultWindows(address: number, shape: ConvolutionShape): WindowRows {
  return windows(address, shape, shape.outChannels, (sizes) => ({
    positions: sizes.image,
    pixels: sizes.result,
    taps: sizes.taps,
    stride: 1,
    dilation: -sizes.dilation,
    offset: sizes.before,
    divisor: sizes.stride,
  }));
}

/** The filter: for each tap a matrix of input by output channels. */
export function filterRows(address: number, { inChannels, outChannels }: ConvolutionShape): Rows {
  const stride = outChannels * 4;
  return { kind: "strided", address, stride, tapStride: inChannels * stride };
}

/** The pixels of the result, one row for each. */
export function resultRows(address: number, { outChannels }: ConvolutionShape): Rows {
  return { kind: "strided", address, stride: outChannels * 4, tapStride: 0 };
}

/** A convolution's sizes along one axis; `before` is the padding before the image. */
type Sizes = Record<"image" | "result" | "taps" | "stride" | "dilation" | "before", number>;

function windows(
  address: number,
  shape: ConvolutionShape,
  channels: number,
  axis: (sizes: Sizes) => Axis,
): WindowRows {
  const vertical = axis({
    image: shape.inHeight,
    result: shape.outHeight,
    taps: shape.filterHeight,
    stride: shape.strideHeight,
    dilation: shape.dilationHeight,
    before: shape.padInfo.top,
  });
  const horizontal = axis({
    image: shape.inWidth,
    result: shape.outWidth,
    taps: shape.filterWidth,
    stride: shape.strideWidth,
    dilation: shape.dilationWidth,
    before: shape.padInfo.left,
  });
  return { kind: "window", address, channels, vertical, horizontal };
}
