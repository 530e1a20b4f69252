import { tf } from "../../tf.ts";
import { currentBackend } from "../current_backend.ts";
import { denseConvolution, isDenseFaster } from "./dense_convolution.ts";
import type { KernelOverride } from "./override.ts";
import { precision } from "./run.ts";
import {
  isWinogradFaster,
  winogradConvolution,
  winogradInputGradient,
} from "./winograd/winograd.ts";

/** A convolution by {@linkcode winogradConvolution} or {@linkcode denseConvolution}. */
export const convolution: KernelOverride = ({ inputs: { x, filter }, attrs }) =>
  convolve(x!, filter!, attrs);

/** A convolution with bias and activation. */
export const fusedConvolution: KernelOverride = ({ inputs, attrs }) => {
  const { x, filter, bias, preluActivationWeights } = inputs;
  const { activation } = attrs as unknown as tf.FusedConv2DAttrs;
  const simple = (activation === "linear" || activation === "relu") && !preluActivationWeights;
  if (!simple) return undefined;
  return convolve(x!, filter!, attrs, (part) => {
    const sum = bias ? part.add<tf.Tensor4D>(bias as tf.Tensor) : part;
    return activation === "relu" ? sum.relu() : sum;
  });
};

/** By the fastest algorithm; `undefined` if that is TensorFlow's kernel. */
function convolve(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  attributes: Parameters<KernelOverride>[0]["attrs"],
  finish: (part: tf.Tensor4D) => tf.Tensor4D = (part) => part,
): tf.Tensor4D | undefined {
  // Kernels get tensors, even if TensorFlow.js's types call them TensorInfo.
  const [images, weights] = [x as tf.Tensor4D, filter as tf.Tensor4D];
  if (isPlain(x, attributes) && isDenseFaster(images, weights)) {
    return tf.tidy(() => finish(denseConvolution(images, weights)));
  }
  return isFaster(x, filter, attributes) ? winogradConvolution(images, weights, finish) : undefined;
}

/** The gradient of a convolution with respect to its images. */
export const inputGradient: KernelOverride = ({ inputs: { dy, filter }, attrs }) =>
  isFaster(dy!, filter!, attrs)
    ? winogradInputGradient(dy as tf.Tensor4D, filter as tf.Tensor4D)
    : undefined;

/** Whether Winograd's algorithm is faster than TensorFlow's kernel. */
function isFaster(
  images: tf.TensorInfo,
  { shape }: tf.TensorInfo,
  attributes: Parameters<KernelOverride>[0]["attrs"],
): boolean {
  // TensorFlow.js's types do not say so, but convolutions get tensors of rank 4.
  return isPlain(images, attributes) &&
    isWinogradFaster(
      images.shape as tf.Tensor4D["shape"],
      shape as tf.Tensor4D["shape"],
      precision(),
    );
}

/** Whether the CPU computes the convolution, and it has stride 1 and "same" padding. */
export function isPlain(
  { dtype }: tf.TensorInfo,
  attributes: Parameters<KernelOverride>[0]["attrs"],
): boolean {
  // The measurements behind the rules are of CPUs; on GPUs cuDNN's kernels are fast.
  if (dtype !== "float32" || currentBackend().isUsingGpuDevice) return false;
  const { strides, dilations = 1, pad, dataFormat } = attributes as unknown as tf.Conv2DAttrs;
  return [strides, dilations].flat().every((step) => step === 1) && pad === "same" &&
    dataFormat === "NHWC";
}
