import { fetchWheel, type FetchWheelOptions } from "../library/fetch_wheel.ts";
import { runtimeFolder, runtimeWheel } from "./runtime_wheel.ts";
import { findVisualRuntime, systemFolder } from "./visual_runtime.ts";

/**
 * Fetches the run-time of Visual C++ into the cache, unless Windows has one that is new enough.
 *
 * @throws {LibraryError} If the download fails.
 * @throws {DOMException} `AbortError` once `options.signal` is aborted.
 */
export async function readyRuntime({ onPrepare: _, ...options }: FetchWheelOptions): Promise<void> {
  if (findVisualRuntime([systemFolder()])) return;
  const purpose = "the run-time of Visual C++ that the native engine needs";
  await fetchWheel(runtimeFolder(), { ...options, purpose, wheel: runtimeWheel });
}
