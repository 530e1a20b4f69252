/** Stub. */
export function startWebGPU(_: { software: boolean }): Promise<string> {
  return Promise.reject(new Error("no adapter"));
}
