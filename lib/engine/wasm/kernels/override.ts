import { tf } from "../../tf.ts";

export const backendName = "wasm";

/** Runs a special case of a kernel faster; `undefined` says that this is not the case. */
export type Shortcut = (args: Parameters<tf.KernelFunc>[0]) => tf.TensorInfo | undefined;

/** Puts a shortcut before the stock kernel of the wasm backend. */
export function addShortcut(kernelName: string, shortcut: Shortcut): void {
  const stock = tf.getKernel(kernelName, backendName);
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
