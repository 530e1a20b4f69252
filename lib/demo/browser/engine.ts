/// <reference lib="dom" />
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm/dist/base.js";
import "@tensorflow/tfjs-backend-webgpu/dist/base.js";
import * as wasmKernels from "./wasm_kernels.ts";
import * as webgpuKernels from "./webgpu_kernels.ts";

/** What computes, as the page says it. */
export type EngineLabel = "WebGPU" | "WebAssembly";

/**
 * Starts WebGPU where there is a graphics adapter, else WebAssembly.
 *
 * @param asked `webgpu`, also on an adapter that computes on the processor, or `wasm`; otherwise the
 *   faster one.
 */
export async function startBackend(asked?: string): Promise<EngineLabel> {
  for (const kernel of Object.values(wasmKernels)) tf.registerKernel(kernel);
  for (const kernel of Object.values(webgpuKernels)) tf.registerKernel(kernel);
  if (asked !== "wasm" && await hasAdapter(asked === "webgpu")) {
    const started = await tf.setBackend("webgpu").catch(() => false);
    if (started) return "WebGPU";
  }
  if (asked === "webgpu") throw new Error("this browser has no WebGPU here");
  if (await tf.setBackend("wasm")) return "WebAssembly";
  throw new Error("this browser's WebAssembly cannot run the net: it needs SIMD, as of 2023");
}

/** Whether there is an adapter; those that compute on the processor are slower than WebAssembly. */
async function hasAdapter(software: boolean): Promise<boolean> {
  try {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
    return adapter ? software || !adapter.info.isFallbackAdapter : false;
  } catch {
    return false;
  }
}
