import type { EngineOptions } from "./engine.ts";
import { runningEngine } from "./use_engine.ts";

/**
 * Begins to load TensorFlow's library in the background, if this machine has it and `useEngine()` would take
 * it: the caller reads its files meanwhile. Faults are left to `useEngine()`, which finds the same ones.
 */
export function loadEngineEarly(
  { engine = "auto", native, cluster }: Pick<EngineOptions, "engine" | "native" | "cluster">,
): void {
  const isTensorFlow = native !== false && (engine === "auto" || engine === "tensorflow");
  // What TensorFlow reads while it is loaded depends on the cluster.
  if (isTensorFlow && !cluster && !runningEngine()) void load().catch(() => {});
}

async function load(): Promise<void> {
  const { findLibrary } = await import("./tensorflow/library/find_library.ts");
  const library = await findLibrary();
  if (!library) return;
  const { setEnvironment } = await import("./tensorflow/set_environment.ts");
  const { loadInBackground } = await import("./tensorflow/capi/load_in_background.ts");
  setEnvironment();
  await loadInBackground(library.path);
}
