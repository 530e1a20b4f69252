import type { tf } from "../../tf.ts";
import { currentBackend } from "../current_backend.ts";
import type { KernelOverride } from "./override.ts";
import { precision } from "./run.ts";
import {
  isWinogradFaster,
  winogradConvolution,
  winogradInputGradient,
} from "./winograd/winograd.ts";

/** A convolution by {@linkcode winogradConvolution}. */
export const convolution: KernelOverride = ({ inputs: { x, filter }, attrs }) =>
  isFaster(x!, filter!, attrs)
    ? winogradConvolution(x as tf.Tensor4D, filter as tf.Tensor4D)
    : undefined;

/** A convolution with bias and activation. */
export const fusedConvolution: KernelOverride = ({ inputs, attrs }) => {
  const { x, filter, bias, preluActivationWeights } = inputs;
  const { activation } = attrs as unknown as tf.FusedConv2DAttrs;
  const simple = (activation === "linear" || activation === "relu") && !preluActivationWeights;
  if (!simple || !isFaster(x!, filter!, attrs)) return undefined;
  return winogradConvolution(x as tf.Tensor4D, filter as tf.Tensor4D, (part) => {
    const sum = bias ? part.add<tf.Tensor4D>(bias as tf.Tensor) : part;
    return activation === "relu" ? sum.relu() : sum;
  });
};

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
