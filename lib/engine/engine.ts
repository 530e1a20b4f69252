import type { OnActivity } from "../display/activity.ts";
import type { Cluster, ClusterOptions } from "./cluster.ts";

/** All engines, best first: `auto` takes the first one that works. */
export const engineNames = ["tensorflow", "webgpu", "wasm", "cpu"] as const;
/** The name of an engine. */
export type EngineName = typeof engineNames[number];

/** The engine that computes, and why it was chosen. */
export interface Engine {
  /** The engine that was started. */
  readonly name: EngineName;
  /** The version of TensorFlow, or of TensorFlow.js for the other engines. */
  readonly version: string;
  /** The kinds of its devices, such as `CPU` and `GPU`. */
  readonly devices: readonly string[];
  /** The memory that it can use, if that may be less than the machine's. */
  readonly memoryBytes?: number;
  /** One line for the user. */
  readonly reason: string;
  /** The cluster that it was started in. */
  readonly cluster?: Cluster;
}

/** How {@linkcode useEngine} works. */
export interface EngineOptions {
  /** The engine to start. Default `auto`: the first that works. */
  engine?: "auto" | EngineName;
  /** `false` refuses to download or use a native library. Default `true`. */
  native?: boolean;
  /** `true`: only the native engine may compute, or it is an error. Default `false`. */
  requireNative?: boolean;
  /**
   * Whether `fit`, `evaluate` and `predict` of TensorFlow.js's models run compiled steps, if the engine
   * compiles. Default `true`.
   */
  compileModels?: boolean;
  /**
   * Gets messages, one line each: downloads, waiting for other workers, functions that retrace too
   * often. Default: only warnings, written to the console.
   */
  onMessage?: (line: string) => void;
  /** Called while TensorFlow's library is downloaded and unpacked. */
  onPrepare?: OnActivity;
  /** Aborts the start: the download, or the wait for other workers. */
  signal?: AbortSignal;
  /** Makes this process a worker of a cluster, and waits for all workers. Needs TensorFlow. */
  cluster?: ClusterOptions;
}
