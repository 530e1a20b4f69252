import { fileURLToPath } from "node:url";
import { type EngineName, engineNames } from "../../lib/engine/engine.ts";
import type { Participant } from "./outcome.ts";
import type { NetworkCase } from "./protocol.ts";
import type { WorkerCommand } from "./worker_process.ts";

/** The frameworks that this library is compared with. */
export const peerNames = ["keras", "pytorch", "onnxruntime", "openvino"] as const;
export type PeerName = typeof peerNames[number];

/** Who takes part. `wasm` is this library on its engine that needs no native code. */
export type FrameworkName = "ours" | "wasm" | PeerName;

/** Those that are compared with, and the Python that has them. */
export interface Peers {
  readonly names: readonly PeerName[];
  readonly python: string;
}

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

function oursOn(engine: "auto" | EngineName): WorkerCommand {
  const words = ["run", "-A", pathOf("ours.ts"), "--engine", engine];
  return { program: Deno.execPath(), words, environment: { TF_ENABLE_ONEDNN_OPTS: "1" } };
}

function pythonRuns(python: string, script: string, ...words: string[]): WorkerCommand {
  return { program: python, words: [pathOf(script), ...words] };
}

/** Everyone who takes part in steps: without peers, this library is alone. */
export function frameworks(
  engine: "auto" | EngineName,
  peers?: Peers,
): Participant<FrameworkName>[] {
  const ours: Participant<FrameworkName>[] = [{
    name: engine === "wasm" ? "wasm" : "ours",
    command: oursOn(engine),
  }];
  if (engine !== "wasm" && engineNames.includes("wasm")) {
    ours.push({ name: "wasm", command: oursOn("wasm") });
  }
  if (!peers) return ours;
  const { names, python } = peers;
  const others = names.map((name) => ({
    name,
    command: pythonRuns(python, `${name}_worker.py`),
  }));
  return [...ours, ...others];
}

/** Everyone who takes part in epochs on files, by the names that the table shows. */
export function epochFrameworks(engine: "auto" | EngineName, peers?: Peers): Participant[] {
  const ours = { name: "ours", command: oursOn(engine) };
  if (!peers?.names.includes("keras")) return [ours];
  const { python } = peers;
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

/**
 * WebAssembly has no bfloat16, and would take minutes for a step at 224 px or of many images. Two of the
 * peers only predict, ONNX Runtime in float32 alone.
 */
export function takesPart(
  name: FrameworkName,
  { what, precision, size, batch }: NetworkCase,
): boolean {
  if (name === "wasm") return precision === "float32" && size === 32 && batch <= 64;
  if (name === "onnxruntime") return what === "predict" && precision === "float32";
  return name !== "openvino" || what === "predict";
}
