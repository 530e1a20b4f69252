import type { tf } from "../../engine/tf.ts";

/** Returns the input of a layer with one input, which TensorFlow.js may pass as a list of one. */
export function singleTensor<T extends tf.Tensor>(inputs: tf.Tensor | tf.Tensor[]): T {
  const [tensor, ...others] = Array.isArray(inputs) ? inputs : [inputs];
  if (!tensor || others.length > 0) {
    const received = others.length === 0 ? 0 : others.length + 1;
    throw new RangeError(`The layer takes one tensor. Received: ${received} tensors`);
  }
  // The layer's input specification has checked the rank.
  return tensor as T;
}
