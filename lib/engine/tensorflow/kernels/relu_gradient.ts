import { reluGradientKernel } from "../../ops/relu_gradient.ts";
import type { tf } from "../../tf.ts";
import { float32 } from "./attributes.ts";
import { runOp } from "./run.ts";

/** `dy` where the output `y` is positive, 0 elsewhere. */
export const reluGradient: tf.KernelConfig = {
  kernelName: reluGradientKernel,
  backendName: "tensorflow",
  kernelFunc: ({ inputs }) => runOp("ReluGrad", [float32], [inputs.dy!, inputs.y!]),
};
