import { tf } from "../tf.ts";

/** A kernel that some backends have: `dy` where the output `y` is positive, 0 elsewhere, in one pass. */
export const reluGradientKernel = "ReluGrad";

/**
 * Replaces the gradient of `relu`: the new one saves the output instead of the input, and uses the
 * backend's {@linkcode reluGradientKernel}, if there is one, instead of TensorFlow.js's three kernels.
 * Calling it again changes nothing.
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
