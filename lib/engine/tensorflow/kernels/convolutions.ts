import type { tf } from "../../tf.ts";
import { currentBackend } from "../current_backend.ts";
import { precision } from "./run.ts";
import type { KernelOverride } from "./override.ts";
import { imageGradient, winogradConvolution, winogradPays } from "./winograd/winograd.ts";

/** A convolution, by {@linkcode winogradConvolution} where that is faster. */
export const convolution: KernelOverride = ({ inputs: { x, filter }, attrs }) =>
  pays(x!, filter!, attrs)
    ? winogradConvolution(x as tf.Tensor4D, filter as tf.Tensor4D)
    : undefined;

/** A convolution, its bias and its activation. */
export const fusedConvolution: KernelOverride = ({ inputs, attrs }) => {
  const { x, filter, bias, preluActivationWeights } = inputs;
  const { activation } = attrs as unknown as tf.FusedConv2DAttrs;
  const simple = (activation === "linear" || activation === "relu") && !preluActivationWeights;
  if (!simple || !pays(x!, filter!, attrs)) return undefined;
  return winogradConvolution(x as tf.Tensor4D, filter as tf.Tensor4D, (part) => {
    const sum = bias ? part.add<tf.Tensor4D>(bias as tf.Tensor) : part;
    return activation === "relu" ? sum.relu() : sum;
  });
};

/** The gradient of a convolution's images. */
export const imagesGradient: KernelOverride = ({ inputs: { dy, filter }, attrs }) =>
  pays(dy!, filter!, attrs) ? imageGradient(dy as tf.Tensor4D, filter as tf.Tensor4D) : undefined;

function pays(
  images: tf.TensorInfo,
  { shape }: tf.TensorInfo,
  attributes: Parameters<KernelOverride>[0]["attrs"],
): boolean {
  // What kernels are given are of four dimensions, whatever TensorFlow.js's types say.
  return isPlain(images, attributes) &&
    winogradPays(
      images.shape as tf.Tensor4D["shape"],
      shape as tf.Tensor4D["shape"],
      precision(),
    );
}

/** Whether the processor computes a convolution that moves by single pixels, and gives as many. */
export function isPlain(
  { dtype }: tf.TensorInfo,
  attributes: Parameters<KernelOverride>[0]["attrs"],
): boolean {
  // What is known of the processor says nothing of a card, whose own kernels are fast.
  if (dtype !== "float32" || currentBackend().isUsingGpuDevice) return false;
  const { strides, dilations = 1, pad, dataFormat } = attributes as unknown as tf.Conv2DAttrs;
  return [strides, dilations].flat().every((step) => step === 1) && pad === "same" &&
    dataFormat === "NHWC";
}
