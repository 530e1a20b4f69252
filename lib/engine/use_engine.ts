import { OptionError } from "../errors.ts";
import type { Cluster, ClusterSpec } from "./cluster.ts";
import type { Engine, EngineName, EngineOptions } from "./engine.ts";
import { startEngineByName } from "./start_engine_by_name.ts";

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
  starting = startEngineByName(name, { ...watch(), ...options });
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
