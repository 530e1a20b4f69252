import { tf } from "../../tf.ts";

export const wasmBackendName = "wasm";

/** Runs a special case of a kernel faster; `undefined` says that this is not the case. */
export type WasmKernelOverride = (args: Parameters<tf.KernelFunc>[0]) => tf.TensorInfo | undefined;

/** Puts a shortcut before the stock kernel of the wasm backend. */
export function overrideKernel(kernelName: string, shortcut: WasmKernelOverride): void {
  const stock = tf.getKernel(kernelName, wasmBackendName);
  replaceKernel({
    ...stock,
    kernelFunc: (args) => shortcut(args) ?? stock.kernelFunc(args),
  });
}

/** Registers a kernel in place of the stock one. */
export function replaceKernel(kernel: tf.KernelConfig): void {
  const { kernelName, backendName } = kernel;
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel(kernel);
}
