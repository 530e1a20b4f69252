import { tf } from "../../tf.ts";

type Arguments = Parameters<tf.KernelFunc>[0];

/** Computes special cases of a kernel faster, or correctly; returns `undefined` for all other cases. */
export type KernelOverride = (args: Arguments) => tf.Tensor | tf.Tensor[] | undefined;

/** Registers an override of one of tfjs-node's kernels, which still computes the other cases. */
export function registerOverride(kernelName: string, override: KernelOverride): void {
  const stock = tf.getKernel(kernelName, "tensorflow");
  tf.unregisterKernel(kernelName, "tensorflow");
  tf.registerKernel({ ...stock, kernelFunc: (args) => override(args) ?? stock.kernelFunc(args) });
}
