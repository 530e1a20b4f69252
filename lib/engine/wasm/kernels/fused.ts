import { tf } from "../../tf.ts";
import { heapOf, sizeOf } from "../heap.ts";
import { elementwiseKernels } from "../elementwise.ts";
import { wasmConvolution } from "./convolve.ts";
import { wasmBackendName, type WasmKernelOverride } from "./override.ts";

type Arguments = Parameters<WasmKernelOverride>[0];

/** The least value that an activation lets through. */
const least: Readonly<Record<string, number>> = { linear: -Infinity, relu: 0 };

/** The kernels of activations. */
const activations: Readonly<Record<string, string>> = {
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
  relu: "Relu",
};

/** A convolution with its bias and relu or none, as a net has it where nothing trains. */
export const fusedConvolve: WasmKernelOverride = (args) => {
  const channels = args.inputs.filter?.shape[3] ?? 0;
  return fitsPass(args, channels) ? finishInPlace(one(wasmConvolution(args)), args) : undefined;
};

/**
 * A product of matrices with bias and activation. The stock kernel adds a wrong bias where a matrix
 * is transposed.
 */
export const fusedMatMul: tf.KernelFunc = (args) => {
  const product = run("BatchMatMul", args);
  if (fitsPass(args, product.shape.at(-1)!)) return finishInPlace(product, args);
  const { inputs, attrs, backend } = args;
  const heap = heapOf(backend);
  let y = product;
  const replace = (next: tf.TensorInfo): void => {
    heap.release(y);
    y = next;
  };
  if (inputs.bias) replace(run("Add", { inputs: { a: y, b: inputs.bias }, backend }));
  // "linear" has none.
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

/** Whether one pass adds the bias and activates. */
function fitsPass({ inputs: { bias }, attrs }: Arguments, columns: number): boolean {
  return Boolean(bias) && columns > 0 && bias!.shape.at(-1) === columns &&
    sizeOf(bias!) === columns && Object.hasOwn(least, String(attrs?.activation));
}

function finishInPlace(y: tf.TensorInfo, { inputs, attrs, backend }: Arguments): tf.TensorInfo {
  const heap = heapOf(backend);
  const columns = y.shape.at(-1)!;
  const [rows, bias] = [sizeOf(y) / columns, heap.address(inputs.bias!)];
  if (rows === 0) return y;
  const floor = least[String(attrs?.activation)]!;
  elementwiseKernels(heap).add_bias(heap.address(y), rows, columns, bias, floor);
  return y;
}

function run(
  kernelName: string,
  args: Omit<Arguments, "attrs"> & { attrs?: unknown },
): tf.TensorInfo {
  const { inputs, backend } = args;
  const attrs = args.attrs as tf.NamedAttrMap;
  return one(tf.getKernel(kernelName, wasmBackendName).kernelFunc({ inputs, attrs, backend }));
}

/** The one tensor that most kernels give. */
function one(outputs: tf.TensorInfo | tf.TensorInfo[]): tf.TensorInfo {
  return Array.isArray(outputs) ? outputs[0]! : outputs;
}
