import { tf } from "../tf.ts";

/** The name of TensorFlow.js's backend. */
const backendName = "webgpu";

/** How {@linkcode startWebGPU} works. */
export interface WebGPUOptions {
  /** Whether to accept an adapter that computes on the CPU, which is slower than WebAssembly. */
  readonly software: boolean;
}

/**
 * Makes WebGPU TensorFlow.js's backend. Values must then be read asynchronously, with `tensor.data()`.
 *
 * @returns The adapter's description.
 * @throws {Error} If there is no adapter, or only a software one and `software` is false.
 */
export async function startWebGPU({ software }: WebGPUOptions): Promise<string> {
  const description = await findAdapter(software);
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!await tf.setBackend(backendName)) throw new Error("TensorFlow.js refused the backend");
  await tf.ready();
  return description;
}

async function findAdapter(software: boolean): Promise<string> {
  const { gpu } = navigator;
  // The types promise it, but some versions of Deno have it behind a flag.
  if (gpu === undefined) throw new Error("this Deno has no WebGPU without --unstable-webgpu");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("there is no graphics adapter");
  const { info } = adapter;
  const description = info.description || info.device || info.vendor || "an unnamed adapter";
  if (info.isFallbackAdapter && !software) {
    throw new Error(`there is only a software adapter, ${description}`);
  }
  return description;
}
