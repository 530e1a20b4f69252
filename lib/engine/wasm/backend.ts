import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-wasm";
import { tf } from "../tf.ts";
import { throwWhenFull } from "./heap.ts";
import { registerWasmKernels } from "./kernels/register.ts";
import { wasmBackendName } from "./kernels/override.ts";

/**
 * Makes WebAssembly TensorFlow.js's backend, with kernels of this project's own, so that convolutional
 * nets can train on it. Its files come with the npm package. Call it once.
 *
 * @throws {Error} If this runtime's WebAssembly lacks a required feature.
 */
export async function startWasm(): Promise<void> {
  registerWasmKernels();
  if (!await tf.setBackend(wasmBackendName)) throw new Error("TensorFlow.js refused the backend");
  await tf.ready();
  throwWhenFull(tf.backend() as BackendWasm);
}
