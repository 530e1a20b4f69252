import { tf } from "../tf.ts";

/** A kernel of some backends: `dy` where the output `y` is positive, else 0, in one pass. */
export const reluGradientKernel = "ReluGrad";

/**
 * Gives `relu` a gradient that keeps the output in place of the input and takes one kernel in place
 * of TensorFlow.js's three, where the backend has it. Calling it again changes nothing.
 */
export function replaceReluGradient(): void {
  const stock = tf.getGradient("Relu");
  if (!stock || tf.getGradient(reluGradientKernel)) return;
  const mask = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor =>
    tf.getKernel(reluGradientKernel, tf.getBackend())
      ? tf.engine().runKernel<tf.Tensor>(reluGradientKernel, { dy, y })
      : dy.mul(y.step());
  tf.unregisterGradient("Relu");
  tf.registerGradient({
    ...stock,
    kernelName: "Relu",
    inputsToSave: [],
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => mask(dy as tf.Tensor, y!) }),
  });
  tf.registerGradient({
    kernelName: reluGradientKernel,
    inputsToSave: ["y"],
    gradFunc: (dy, [y]) => ({
      dy: () => mask(dy as tf.Tensor, y!),
      y: () => tf.zerosLike(y!),
    }),
  });
}
