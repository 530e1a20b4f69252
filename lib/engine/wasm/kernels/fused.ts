import { tf } from "../../tf.ts";
import { elementwiseKernels } from "../elementwise.ts";
import { heapOf, sizeOf } from "../heap.ts";
import { wasmConvolution } from "./convolve.ts";
import { wasmBackendName, type WasmKernelOverride } from "./override.ts";

type Arguments = Parameters<WasmKernelOverride>[0];

/** The minimum output of the activations that `add_bias` can apply. */
const minOutput: Readonly<Record<string, number>> = { linear: -Infinity, relu: 0 };

/** The kernels of activations; "linear" needs none. */
const activations: Readonly<Record<string, string>> = {
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
  relu: "Relu",
};

/** A convolution with bias and activation, which layers use for inference. */
export const fusedConvolve: WasmKernelOverride = (args) => {
  const channels = args.inputs.filter?.shape[3] ?? 0;
  return canAddBias(args, channels) ? addBias(single(wasmConvolution(args)), args) : undefined;
};

/**
 * A matrix product with bias and activation. The stock kernel adds a wrong bias if a matrix is
 * transposed.
 */
export const fusedMatMul: tf.KernelFunc = (args) => {
  const product = run("BatchMatMul", args);
  if (canAddBias(args, product.shape.at(-1)!)) return addBias(product, args);
  const { inputs, attrs, backend } = args;
  const heap = heapOf(backend);
  let y = product;
  const replace = (next: tf.TensorInfo): void => {
    heap.release(y);
    y = next;
  };
  if (inputs.bias) replace(run("Add", { inputs: { a: y, b: inputs.bias }, backend }));
  const activation = activations[String(attrs?.activation)];
  if (activation) {
    const alpha = inputs.preluActivationWeights;
    const operands = { x: y, ...(alpha ? { alpha } : {}) };
    replace(
      run(activation, { inputs: operands, attrs: { alpha: attrs?.leakyreluAlpha }, backend }),
    );
  }
  return y;
};

/** Whether {@linkcode addBias} computes these bias and activation. */
function canAddBias({ inputs: { bias }, attrs }: Arguments, columns: number): boolean {
  return Boolean(bias) && columns > 0 && bias!.shape.at(-1) === columns &&
    sizeOf(bias!) === columns && Object.hasOwn(minOutput, String(attrs?.activation));
}

/** Adds the bias and applies the activation in place, in one pass over the memory. */
function addBias(y: tf.TensorInfo, { inputs, attrs, backend }: Arguments): tf.TensorInfo {
  const heap = heapOf(backend);
  const columns = y.shape.at(-1)!;
  const [rows, bias] = [sizeOf(y) / columns, heap.address(inputs.bias!)];
  if (rows === 0) return y;
  const min = minOutput[String(attrs?.activation)]!;
  elementwiseKernels(heap).add_bias(heap.address(y), rows, columns, bias, min);
  return y;
}

function run(
  kernelName: string,
  args: Omit<Arguments, "attrs"> & { attrs?: unknown },
): tf.TensorInfo {
  const { inputs, backend } = args;
  const attrs = args.attrs as tf.NamedAttrMap;
  return single(tf.getKernel(kernelName, wasmBackendName).kernelFunc({ inputs, attrs, backend }));
}

/** The output of a kernel that has only one. */
function single(outputs: tf.TensorInfo | tf.TensorInfo[]): tf.TensorInfo {
  return Array.isArray(outputs) ? outputs[0]! : outputs;
}
