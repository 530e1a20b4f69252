import type { OnActivity } from "../display/activity.ts";
import { OptionError } from "../errors.ts";
import type { Cluster, ClusterOptions, ClusterSpec } from "./cluster.ts";
import { freeGraphicsMemory } from "./hardware.ts";
import type { Binding } from "./tensorflow/binding.ts";
import { isRefused, pathVariable } from "./tensorflow/library/environment.ts";
import { tf } from "./tf.ts";

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

/** WebAssembly has 32-bit addresses. */
const addressableBytes = 2 ** 32;

/** Starts an engine, or throws why it cannot run here. Heavy modules are imported only then. */
type Starter = (options: EngineOptions) => Promise<Omit<Engine, "name">>;

const starters: Readonly<Record<EngineName, Starter>> = {
  tensorflow: startTensorFlowEngine,
  webgpu: startWebGPUEngine,
  wasm: startWasmEngine,
  cpu: startCpu,
};

/** The progress and the interruption of a start that is given none. */
type Watch = Pick<EngineOptions, "onPrepare" | "signal">;

let watch: () => Watch = () => ({});

/** Sets how starts are watched whose options do not say it: in a notebook they show their progress. */
export function watchStartsBy(makeWatch: () => Watch): void {
  watch = makeWatch;
}

let onStarted = (): void => {};

/** Sets what is called once an engine has started. */
export function onceStarted(listener: () => void): void {
  onStarted = listener;
}

let running: Engine | undefined;
let starting: Promise<Engine> | undefined;

/**
 * Starts an engine and makes it TensorFlow.js's backend. A process keeps its engine: later calls return
 * the same one. A call waits while another call starts an engine.
 *
 * @throws {Error} If another engine already runs, the running one is not in the requested cluster, or the
 *   requested one cannot run here (for TensorFlow a `LibraryError`).
 * @throws {OptionError} If a cluster or the native engine is requested with another engine than TensorFlow,
 *   or an environment variable has a value that TensorFlow does not take.
 * @throws {LibraryError} If `VGG_TENSORFLOW` is set, and not to TensorFlow's library.
 * @throws {ClusterError} If a worker of the cluster does not come.
 *
 * @example
 * ```ts
 * const engine = await useEngine({ engine: "auto" });
 * console.log(engine.reason);
 * ```
 */
export async function useEngine(options: EngineOptions = {}): Promise<Engine> {
  const name = requestedEngine(options);
  // If the other call fails, this one starts its own engine.
  while (starting) await starting.catch(() => {});
  if (running) return requireRunning(running, name, options);
  starting = start(name, { ...watch(), ...options });
  try {
    running = await starting;
    onStarted();
    return running;
  } finally {
    starting = undefined;
  }
}

/** The engine that {@linkcode useEngine} started, if any. */
export function runningEngine(): Engine | undefined {
  return running;
}

/** The running engine, if it is the requested one. */
function requireRunning(
  engine: Engine,
  requested: "auto" | EngineName,
  { cluster }: EngineOptions,
): Engine {
  const { name } = engine;
  if (requested !== "auto" && requested !== name) {
    throw new Error(`the engine ${name} is already running. Received: ${requested}`);
  }
  if (!cluster) return engine;
  const received = describeWorker(cluster);
  const present = engine.cluster && describeWorker(engine.cluster);
  if (received === present) return engine;
  const how = present ? `as ${present}` : "without a cluster";
  throw new Error(`the engine ${name} is already running, ${how}. Received: ${received}`);
}

function describeWorker({ workers, index }: ClusterSpec): string {
  return `worker ${index} of ${workers.join(", ")}`;
}

async function start(name: "auto" | EngineName, options: EngineOptions): Promise<Engine> {
  if (name === "auto") return await firstAvailable(options);
  return { name, ...await starters[name](options) };
}

/** Makes the engine compute alone from now on, and returns the cluster that it was in, if any. */
export function detachCluster(): Cluster | undefined {
  if (!running?.cluster) return undefined;
  const { cluster, ...alone } = running;
  running = alone;
  return cluster;
}

function requestedEngine(
  { engine = "auto", requireNative, cluster }: EngineOptions,
): "auto" | EngineName {
  if (requireNative && engine !== "auto" && engine !== "tensorflow") {
    throw new OptionError(
      `the native engine is required (--require-native), which is tensorflow. Received: ${engine}`,
    );
  }
  if (requireNative) return "tensorflow";
  if (!cluster) return engine;
  if (engine === "auto" || engine === "tensorflow") return "tensorflow";
  throw new OptionError(`several workers need the engine tensorflow. Received: ${engine}`);
}

async function firstAvailable(options: EngineOptions): Promise<Engine> {
  const failed: string[] = [];
  for (const name of engineNames) {
    try {
      const engine = await starters[name](options);
      if (failed.length === 0) return { name, ...engine };
      const why = failed.join("; ");
      if (!isNativeRefused(options)) warnOfFallback(name, why, options);
      return { name, ...engine, reason: `${engine.reason}; ${why}` };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (name === "tensorflow" && isRequested(error, options)) throw error;
      failed.push(`no ${name} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  throw new Error(`no engine works here: ${failed.join("; ")}`);
}

function isNativeRefused({ native }: EngineOptions): boolean {
  return native === false || isRefused();
}

/** Whether what failed is something that the user set: another engine would hide the mistake. */
function isRequested(error: unknown, options: EngineOptions): boolean {
  if (error instanceof OptionError) return true;
  return Boolean(Deno.env.get(pathVariable)) && !isNativeRefused(options);
}

function warnOfFallback(
  name: EngineName,
  why: string,
  { onMessage = tf.backend_util.warn }: EngineOptions,
): void {
  onMessage(
    `Warning: the native engine cannot be used, so ${name} computes, which is many times slower: ${why}`,
  );
}

async function startTensorFlowEngine(options: EngineOptions): Promise<Omit<Engine, "name">> {
  const { readyLibrary } = await import("./tensorflow/library/find_library.ts");
  const library = await readyLibrary({
    refuse: options.native === false,
    ...(options.onMessage ? { onMessage: options.onMessage } : {}),
    ...(options.onPrepare ? { onPrepare: options.onPrepare } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const { startTensorFlow } = await import("./tensorflow/start.ts");
  const binding = await startTensorFlow(library.path, {
    ...(options.compileModels === undefined ? {} : { compileModels: options.compileModels }),
    ...(options.cluster ? { cluster: options.cluster } : {}),
    ...(options.onMessage ? { onMessage: options.onMessage } : {}),
  });
  const { TF_Version: version, devices } = binding;
  const memoryBytes = devices.includes("GPU") ? freeGraphicsMemory() : undefined;
  return {
    version,
    devices,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    reason: `TensorFlow ${version} on ${devices.join(", ")}`,
    ...(options.cluster ? { cluster: await formCluster(binding, options) } : {}),
  };
}

async function formCluster(
  binding: Binding,
  { cluster, onMessage, signal }: EngineOptions,
): Promise<Cluster> {
  const { TensorFlowCluster } = await import("./tensorflow/distributed/cluster.ts");
  return await TensorFlowCluster.form(binding, {
    ...cluster!,
    ...(onMessage ? { onMessage } : {}),
    ...(signal ? { signal } : {}),
  });
}

async function startWebGPUEngine({ engine }: EngineOptions): Promise<Omit<Engine, "name">> {
  const { startWebGPU } = await import("./webgpu/backend.ts");
  // A software adapter is slower than WebAssembly, so it is used only on request.
  const adapter = await startWebGPU({ software: engine === "webgpu" });
  return tfjsEngine(adapter, `WebGPU on ${adapter}`);
}

async function startWasmEngine(): Promise<Omit<Engine, "name">> {
  const { startWasm } = await import("./wasm/backend.ts");
  await startWasm();
  return { ...tfjsEngine("CPU", "WebAssembly"), memoryBytes: addressableBytes };
}

async function startCpu(): Promise<Omit<Engine, "name">> {
  await tf.setBackend("cpu");
  await tf.ready();
  return tfjsEngine("CPU", "plain JavaScript, hundreds of times slower than any other engine");
}

/** An engine of TensorFlow.js itself. */
function tfjsEngine(device: string, how: string): Omit<Engine, "name"> {
  const version = tf.version.tfjs;
  return { version, devices: [device], reason: `TensorFlow.js ${version} in ${how}` };
}
