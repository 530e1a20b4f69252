import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-wasm";
import { tf } from "../tf.ts";
import { refuseFullHeap } from "./heap.ts";
import { registerWasmKernels } from "./kernels/register.ts";
import { wasmBackendName } from "./kernels/override.ts";

/**
 * Makes WebAssembly TensorFlow.js's backend: its own kernels, and this project's over them, so that
 * convolutional nets train on it. Its files come with the npm package. Call it once.
 *
 * @throws Where this runtime's WebAssembly has not what it takes.
 */
export async function startWasm(): Promise<void> {
  registerWasmKernels();
  if (!await tf.setBackend(wasmBackendName)) throw new Error("TensorFlow.js refused the backend");
  await tf.ready();
  refuseFullHeap(tf.backend() as BackendWasm);
}
