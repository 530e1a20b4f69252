import { tf } from "../../tf.ts";

type Arguments = Parameters<tf.KernelFunc>[0];

/** Runs a special case of a kernel faster, or right; `undefined` says that this is not the case. */
export type KernelOverride = (args: Arguments) => tf.Tensor | undefined;

/** Puts a shortcut before a stock kernel of tfjs-node. */
export function registerShortcut(kernelName: string, shortcut: KernelOverride): void {
  const stock = tf.getKernel(kernelName, "tensorflow");
  tf.unregisterKernel(kernelName, "tensorflow");
  tf.registerKernel({ ...stock, kernelFunc: (args) => shortcut(args) ?? stock.kernelFunc(args) });
}
