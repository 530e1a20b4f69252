import { reluGradientKernel, replaceReluGradient } from "../../ops/relu_gradient.ts";
import type { tf } from "../../tf.ts";
import { elementwiseKernels } from "../elementwise.ts";
import { heapOf, sizeOf } from "../heap.ts";
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

/** `dy` where the output `y` is positive, 0 elsewhere. */
const wasmReluGradient: tf.KernelFunc = ({ inputs, backend }) => {
  const [heap, dy, y] = [heapOf(backend), inputs.dy!, inputs.y!];
  const dx = heap.output(dy.shape);
  const [from, mask, to] = [heap.address(dy), heap.address(y), heap.address(dx)];
  elementwiseKernels(heap).relu_gradient(from, mask, to, sizeOf(dy));
  return dx;
};

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
