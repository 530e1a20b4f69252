import { reluGradientKernel, replaceReluGradient } from "../../ops/relu_gradient.ts";
import type { tf } from "../../tf.ts";
import { fusedConvolve, fusedMatMul } from "./fused.ts";
import { columnMeans, columnSums } from "./column_sums.ts";
import { convolutionFilterGradient, convolutionInputGradient, convolve } from "./convolve.ts";
import { matMul } from "./mat_mul.ts";
import { maxPoolGradient } from "./max_pool_gradient.ts";
import { reluGradient } from "./relu_gradient.ts";
import { addShortcut, backendName, replaceKernel, type Shortcut } from "./override.ts";

const kernels: readonly [string, tf.KernelFunc][] = [
  ["Conv2D", convolve],
  ["Conv2DBackpropFilter", convolutionFilterGradient],
  ["Conv2DBackpropInput", convolutionInputGradient],
  ["MaxPoolGrad", maxPoolGradient],
  [reluGradientKernel, reluGradient],
  ["_FusedMatMul", fusedMatMul],
];

const shortcuts: readonly [string, Shortcut][] = [
  ["BatchMatMul", matMul],
  ["FusedConv2D", fusedConvolve],
  ["Mean", columnMeans],
  ["Sum", columnSums],
];

/** Adds to the stock kernels what training lacks, and faster forms of what it has. Call it once. */
export function registerKernels(): void {
  for (const [kernelName, kernelFunc] of kernels) {
    replaceKernel({ kernelName, backendName, kernelFunc });
  }
  for (const [kernelName, shortcut] of shortcuts) addShortcut(kernelName, shortcut);
  replaceReluGradient();
}
