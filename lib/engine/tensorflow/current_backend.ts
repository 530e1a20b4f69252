import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { tf } from "../tf.ts";
import type { Binding } from "./binding.ts";

/** The name that tfjs-node's kernels are registered under. */
export const tensorflowBackendName = "tensorflow";

/** The backend in use. It is looked up at each call, as `tf.engine().reset()` makes a new one. */
export function currentBackend(): NodeJSKernelBackend {
  return tf.backend() as NodeJSKernelBackend;
}

/** The binding of {@linkcode currentBackend}. The cast is needed as tfjs-node declares its own binding. */
export function currentBinding(): Binding {
  return currentBackend().binding as unknown as Binding;
}
