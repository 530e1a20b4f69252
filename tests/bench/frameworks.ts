import { fileURLToPath } from "node:url";
import { type EngineName, engineNames } from "../../lib/engine/choose.ts";
import type { WorkerCommand } from "./framework_process.ts";
import type { Participant } from "./outcome.ts";
import type { NetworkCase } from "./protocol.ts";

/** Who takes part. `wasm` is this library on its engine that needs no native code. */
export type FrameworkName = "ours" | "wasm" | "keras" | "pytorch";

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

function oursOn(engine: "auto" | EngineName): WorkerCommand {
  const words = ["run", "-A", pathOf("ours.ts"), "--engine", engine];
  return { program: Deno.execPath(), words, environment: { TF_ENABLE_ONEDNN_OPTS: "1" } };
}

function pythonRuns(python: string, script: string, ...words: string[]): WorkerCommand {
  return { program: python, words: [pathOf(script), ...words] };
}

/**
 * Everyone who takes part in steps.
 *
 * @param python Has Keras and PyTorch; without one, this library is alone.
 */
export function frameworks(
  engine: "auto" | EngineName,
  python?: string,
): Participant<FrameworkName>[] {
  const ours: Participant<FrameworkName>[] = [{
    name: engine === "wasm" ? "wasm" : "ours",
    command: oursOn(engine),
  }];
  if (engine !== "wasm" && engineNames.includes("wasm")) {
    ours.push({ name: "wasm", command: oursOn("wasm") });
  }
  if (!python) return ours;
  return [
    ...ours,
    { name: "keras", command: pythonRuns(python, "keras_worker.py") },
    { name: "pytorch", command: pythonRuns(python, "pytorch_worker.py") },
  ];
}

/** Everyone who takes part in epochs on files, by the names that the table shows. */
export function epochFrameworks(
  engine: "auto" | EngineName,
  python?: string,
): Participant[] {
  const ours = { name: "ours", command: oursOn(engine) };
  if (!python) return [ours];
  return [
    ours,
    {
      name: "keras, ImageDataGenerator",
      command: pythonRuns(python, "keras_worker.py", "generator"),
    },
    {
      name: "keras, tf.data and preprocessing layers",
      command: pythonRuns(python, "keras_worker.py", "layers"),
    },
  ];
}

/** WebAssembly has no bfloat16, and would take minutes for a step at 224 px. */
export function takesPart(name: FrameworkName, { precision, size }: NetworkCase): boolean {
  return name !== "wasm" || (precision === "float32" && size === 32);
}
