import { tf } from "../../tf.ts";

/** The name of TensorFlow.js's WebAssembly backend. */
export const wasmBackendName = "wasm";

/** Computes special cases of a kernel faster; returns `undefined` for all other cases. */
export type WasmKernelOverride = (args: Parameters<tf.KernelFunc>[0]) => tf.TensorInfo | undefined;

/** Registers an override of a stock kernel, which still computes the other cases. */
export function overrideKernel(kernelName: string, override: WasmKernelOverride): void {
  const stock = tf.getKernel(kernelName, wasmBackendName);
  replaceKernel({
    ...stock,
    kernelFunc: (args) => override(args) ?? stock.kernelFunc(args),
  });
}

/** Registers a kernel in place of the stock one, if there is one. */
export function replaceKernel(kernel: tf.KernelConfig): void {
  const { kernelName, backendName } = kernel;
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel(kernel);
}
