import type { Binding } from "./tensorflow/binding.ts";
import { readyLibrary } from "./tensorflow/library.ts";
import { tf } from "./tf.ts";

/** Every engine there is, best first: `auto` takes the first that works. */
export const engineNames = ["tensorflow", "cpu"] as const;
export type EngineName = typeof engineNames[number];

/** What computes, and why it was chosen. */
export interface Engine {
  readonly name: EngineName;
  /** TensorFlow's version, or TensorFlow.js's where that computes itself. */
  readonly version: string;
  readonly devices: readonly string[];
  /** One line for people. */
  readonly reason: string;
}

export interface EngineOptions {
  /** Default `auto`. */
  engine?: "auto" | EngineName;
  /** `false` refuses to fetch or use a native library. Default `true`. */
  native?: boolean;
  /** Told what is being readied, a line at a time. */
  onMessage?: (line: string) => void;
  signal?: AbortSignal;
}

let running: Engine | undefined;

/**
 * Readies the engine asked for and makes it TensorFlow.js's backend. A process keeps its engine:
 * asking again gives the same one.
 *
 * @throws Where an engine is asked for by name and cannot run here, or another one runs already.
 *
 * @example
 * ```ts
 * const engine = await useEngine({ engine: "auto" });
 * console.log(engine.reason);
 * ```
 */
export async function useEngine(options: EngineOptions = {}): Promise<Engine> {
  const wanted = options.engine ?? "auto";
  if (running && (wanted === "auto" || wanted === running.name)) return running;
  if (running) throw new Error(`the engine ${running.name} runs already. Received: ${wanted}`);
  if (wanted === "cpu") return running = await plainCpu("asked for");
  try {
    return running = await tensorflow(options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (wanted === "tensorflow") throw error;
    const why = error instanceof Error ? error.message : String(error);
    return running = await plainCpu(`no native engine (${why}); hundreds of times slower`);
  }
}

async function tensorflow(options: EngineOptions): Promise<Engine> {
  const library = await readyLibrary({
    refuse: options.native === false,
    ...(options.onMessage ? { onMessage: options.onMessage } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const { startTensorFlow } = await import("./tensorflow/backend.ts");
  const binding: Binding = await startTensorFlow(library.path);
  return {
    name: "tensorflow",
    version: binding.TF_Version,
    devices: binding.devices,
    reason: `TensorFlow ${binding.TF_Version} on ${binding.devices.join(", ")}`,
  };
}

async function plainCpu(why: string): Promise<Engine> {
  await tf.setBackend("cpu");
  await tf.ready();
  return {
    name: "cpu",
    version: tf.version.tfjs,
    devices: ["CPU"],
    reason: `TensorFlow.js ${tf.version.tfjs} in plain JavaScript: ${why}`,
  };
}
