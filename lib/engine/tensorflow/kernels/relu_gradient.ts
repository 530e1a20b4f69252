import { tf } from "../../tf.ts";
import { float32 } from "./attributes.ts";
import { runOp } from "./run.ts";

const kernelName = "ReluGrad";

/** `dy` where the output `y` is positive, else 0, in one pass. */
export const reluGradient: tf.KernelConfig = {
  kernelName,
  backendName: "tensorflow",
  kernelFunc: ({ inputs }) => runOp("ReluGrad", [float32], [inputs.dy!, inputs.y!]),
};

/**
 * Gives `relu` a gradient that keeps the output in place of the input and takes one op in place of
 * TensorFlow.js's three. Other backends keep the stock gradient.
 */
export function replaceReluGradient(): void {
  const stock = tf.getGradient("Relu");
  const mask = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor =>
    tf.getKernel(kernelName, tf.getBackend())
      ? tf.engine().runKernel<tf.Tensor>(kernelName, { dy, y })
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
    kernelName,
    inputsToSave: ["y"],
    gradFunc: (dy, [y]) => ({
      dy: () => mask(dy as tf.Tensor, y!),
      y: () => tf.zerosLike(y!),
    }),
  });
}
