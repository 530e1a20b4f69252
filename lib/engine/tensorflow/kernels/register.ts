import { replaceReluGradient } from "../../ops/relu_gradient.ts";
import { tf } from "../../tf.ts";
import { fusedBatchNormTraining, fusedBatchNormTrainingGradient } from "./batch_norm.ts";
import { registerOverrides } from "./overrides.ts";
import { statelessRandomUniform } from "./random_uniform.ts";
import { reluGradient } from "./relu_gradient.ts";
import { transform } from "./transform.ts";

const kernels = [
  fusedBatchNormTraining,
  fusedBatchNormTrainingGradient,
  reluGradient,
  statelessRandomUniform,
  transform,
];

/** Registers the kernels that tfjs-node lacks, and faster ones for special cases. Call it once. */
export function registerTensorFlowKernels(): void {
  for (const kernel of kernels) tf.registerKernel(kernel);
  registerOverrides();
  replaceReluGradient();
}
