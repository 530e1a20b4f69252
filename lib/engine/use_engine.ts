import type { Cluster, ClusterOptions, ClusterSpec } from "./cluster.ts";
import type { Binding } from "./tensorflow/binding.ts";
import { freeGraphicsMemory } from "./hardware.ts";
import { tf } from "./tf.ts";

/** Every engine there is, best first: `auto` takes the first that works. */
export const engineNames = ["tensorflow", "webgpu", "wasm", "cpu"] as const;
export type EngineName = typeof engineNames[number];

/** What computes, and why it was chosen. */
export interface Engine {
  readonly name: EngineName;
  /** TensorFlow's version, or TensorFlow.js's where that computes itself. */
  readonly version: string;
  readonly devices: readonly string[];
  /** The most memory that it can use, where the machine may have more. */
  readonly memoryBytes?: number;
  /** One line for people. */
  readonly reason: string;
  /** The workers that it computes with, where it was asked to. */
  readonly cluster?: Cluster;
}

export interface EngineOptions {
  /** Default `auto`. */
  engine?: "auto" | EngineName;
  /** `false` refuses to fetch or use a native library. Default `true`. */
  native?: boolean;
  /** Told what is being readied, a line at a time. */
  onMessage?: (line: string) => void;
  signal?: AbortSignal;
  /** Makes this process one of several workers, and waits for all of them; TensorFlow alone can. */
  cluster?: ClusterOptions;
}

/** What WebAssembly's addresses of 32 bits reach. */
const addressableBytes = 2 ** 32;

/** Readies one engine, or throws why it cannot run here; it imports what is heavy only then. */
type Starter = (options: EngineOptions) => Promise<Omit<Engine, "name">>;

const starters: Readonly<Record<EngineName, Starter>> = {
  tensorflow: startTensorFlowEngine,
  webgpu: startWebGPUEngine,
  wasm: startWasmEngine,
  cpu: startCpu,
};

let running: Engine | undefined;
let starting: Promise<Engine> | undefined;

/**
 * Readies the engine asked for and makes it TensorFlow.js's backend. A process keeps its engine:
 * asking again gives the same one. A call waits while another one starts an engine.
 *
 * @throws Where an engine is asked for by name and cannot run here, or another one runs already, or
 *   the one that runs is not in the cluster asked for.
 *
 * @example
 * ```ts
 * const engine = await useEngine({ engine: "auto" });
 * console.log(engine.reason);
 * ```
 */
export async function useEngine(options: EngineOptions = {}): Promise<Engine> {
  const wanted = wantedEngine(options);
  // Where the other call fails, this one starts its own engine.
  while (starting) await starting.catch(() => {});
  if (running) return requireRunning(running, wanted, options);
  starting = start(wanted, options);
  try {
    return running = await starting;
  } finally {
    starting = undefined;
  }
}

/** The running engine, if it is what was asked for. */
function requireRunning(
  engine: Engine,
  wanted: "auto" | EngineName,
  { cluster }: EngineOptions,
): Engine {
  const { name } = engine;
  if (wanted !== "auto" && wanted !== name) {
    throw new Error(`the engine ${name} runs already. Received: ${wanted}`);
  }
  if (!cluster) return engine;
  const asked = describePlace(cluster);
  const own = engine.cluster && describePlace(engine.cluster);
  if (asked === own) return engine;
  const how = own ? `as ${own}` : "without a cluster";
  throw new Error(`the engine ${name} runs already, ${how}. Received: ${asked}`);
}

function describePlace({ workers, index }: ClusterSpec): string {
  return `worker ${index} of ${workers.join(", ")}`;
}

async function start(
  wanted: "auto" | EngineName,
  options: EngineOptions,
): Promise<Engine> {
  if (wanted === "auto") return await firstAvailable(options);
  return { name: wanted, ...await starters[wanted](options) };
}

/** Lets the engine compute alone from now on, and gives the cluster that it computed with, if there was one. */
export function detachCluster(): Cluster | undefined {
  if (!running?.cluster) return undefined;
  const { cluster, ...alone } = running;
  running = alone;
  return cluster;
}

function wantedEngine({ engine = "auto", cluster }: EngineOptions): "auto" | EngineName {
  if (!cluster) return engine;
  if (engine === "auto" || engine === "tensorflow") return "tensorflow";
  throw new RangeError(`several workers need the engine tensorflow. Received: ${engine}`);
}

async function firstAvailable(options: EngineOptions): Promise<Engine> {
  const failed: string[] = [];
  for (const name of engineNames) {
    try {
      const engine = await starters[name](options);
      const why = failed.length > 0 ? `; ${failed.join("; ")}` : "";
      return { name, ...engine, reason: engine.reason + why };
    } catch (error) {
      options.signal?.throwIfAborted();
      failed.push(`no ${name} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  throw new Error(`no engine works here: ${failed.join("; ")}`);
}

async function startTensorFlowEngine(options: EngineOptions): Promise<Omit<Engine, "name">> {
  const { readyLibrary } = await import("./tensorflow/library/find_library.ts");
  const library = await readyLibrary({
    refuse: options.native === false,
    ...(options.onMessage ? { onMessage: options.onMessage } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const { startTensorFlow } = await import("./tensorflow/start.ts");
  const binding = await startTensorFlow(library.path, options.cluster);
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
  // A software adapter is slower than WebAssembly: it is for who asks for it.
  const adapter = await startWebGPU({ software: engine === "webgpu" });
  return ownEngine(adapter, `WebGPU on ${adapter}`);
}

async function startWasmEngine(): Promise<Omit<Engine, "name">> {
  const { startWasm } = await import("./wasm/backend.ts");
  await startWasm();
  return { ...ownEngine("CPU", "WebAssembly"), memoryBytes: addressableBytes };
}

async function startCpu(): Promise<Omit<Engine, "name">> {
  await tf.setBackend("cpu");
  await tf.ready();
  return ownEngine("CPU", "plain JavaScript, hundreds of times slower than any other engine");
}

function ownEngine(device: string, how: string): Omit<Engine, "name"> {
  const version = tf.version.tfjs;
  return { version, devices: [device], reason: `TensorFlow.js ${version} in ${how}` };
}
