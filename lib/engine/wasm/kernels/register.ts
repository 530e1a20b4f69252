import { reluGradientKernel, replaceReluGradient } from "../../ops/relu_gradient.ts";
import type { tf } from "../../tf.ts";
import { columnMeans, columnSums } from "./column_sums.ts";
import {
  convolutionFilterGradient,
  convolutionInputGradient,
  wasmConvolution,
} from "./convolve.ts";
import { fusedConvolve, fusedMatMul } from "./fused.ts";
import { matMul } from "./mat_mul.ts";
import { maxPoolGradient } from "./max_pool_gradient.ts";
import {
  overrideKernel,
  replaceKernel,
  wasmBackendName,
  type WasmKernelOverride,
} from "./override.ts";
import { wasmReluGradient } from "./relu_gradient.ts";

const kernels: readonly [string, tf.KernelFunc][] = [
  ["Conv2D", wasmConvolution],
  ["Conv2DBackpropFilter", convolutionFilterGradient],
  ["Conv2DBackpropInput", convolutionInputGradient],
  ["MaxPoolGrad", maxPoolGradient],
  [reluGradientKernel, wasmReluGradient],
  ["_FusedMatMul", fusedMatMul],
];

const overrides: readonly [string, WasmKernelOverride][] = [
  ["BatchMatMul", matMul],
  ["FusedConv2D", fusedConvolve],
  ["Mean", columnMeans],
  ["Sum", columnSums],
];

/** Registers the kernels that training needs and the backend lacks, and faster ones. Call it once. */
export function registerWasmKernels(): void {
  for (const [kernelName, kernelFunc] of kernels) {
    replaceKernel({ kernelName, backendName: wasmBackendName, kernelFunc });
  }
  for (const [kernelName, override] of overrides) overrideKernel(kernelName, override);
  replaceReluGradient();
}
