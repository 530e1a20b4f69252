import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { tf } from "../tf.ts";
import type { Binding } from "./binding.ts";

/** The name tfjs-node's kernels are registered under. */
export const tensorflowBackendName = "tensorflow";

/** The backend in use. Looked up at each call: `tf.engine().reset()` makes a new one. */
export function currentBackend(): NodeJSKernelBackend {
  return tf.backend() as NodeJSKernelBackend;
}

/** The binding of {@linkcode currentBackend}: the boundary to tfjs-node, whose types know its own only. */
export function currentBinding(): Binding {
  return currentBackend().binding as unknown as Binding;
}
