import { replaceReluGradient } from "../../ops/relu_gradient.ts";
import { tf } from "../../tf.ts";
import { batchNormTrainingGradient, batchNormTrainingOverride } from "./batch_norm.ts";
import { registerFasterForms } from "./overrides.ts";
import { reluGradientOverride } from "./relu_gradient.ts";
import { statelessRandomUniform } from "./random_uniform.ts";
import { transform } from "./transform.ts";

const added = [
  batchNormTrainingOverride,
  batchNormTrainingGradient,
  reluGradientOverride,
  statelessRandomUniform,
  transform,
];

/** Adds to tfjs-node's kernels what it lacks, and faster forms of what it has. Call it once. */
export function registerTensorFlowKernels(): void {
  for (const kernel of added) tf.registerKernel(kernel);
  registerFasterForms();
  replaceReluGradient();
}
