import util from "node:util";
import { OptionError } from "../../errors.ts";
import { type ClusterSpec, workersOnThisHost } from "../cluster.ts";
import { setCompiler } from "../compile.ts";
import { endFitsCleanly } from "../layers/interrupted_fit.ts";
import { replaceInPlaceUpdates } from "../ops/in_place_update.ts";
import { tf } from "../tf.ts";
import { Binding } from "./binding.ts";
import { CApi } from "./capi/c_api.ts";
import { tensorflowBackendName } from "./current_backend.ts";
import { refuseLargeShapes } from "./kernels/refuse_large_sizes.ts";
import { registerTensorFlowKernels } from "./kernels/register.ts";
import { readAsync } from "./tfjs_node_internals.ts";
import { compileFunction } from "./tracing/compiled_function.ts";
import { ResourceVariables } from "./tracing/resource_variables.ts";
import { RunningCalls } from "./tracing/running_calls.ts";
import { Tracer } from "./tracing/tracer.ts";
import { shareEnvironment } from "./windows/share_environment.ts";

/** How {@linkcode startTensorFlow} works. */
export interface TensorFlowOptions {
  /** The cluster in which this process is a worker. */
  readonly cluster?: ClusterSpec;
  /** Whether the steps of TensorFlow.js's models are compiled. Default `true`. */
  readonly compileModels?: boolean;
  /** Gets warnings, one line each. Default: TensorFlow.js's, which writes to the console. */
  readonly onMessage?: (line: string) => void;
}

/**
 * Opens TensorFlow's library and makes it TensorFlow.js's backend: tfjs-node's JavaScript kernels, some
 * replaced by this project's faster ones, on our {@linkcode Binding} in place of tfjs-node's addon.
 *
 * @param path The full path of the library.
 * @returns The binding, which knows the version and the devices.
 * @throws {OptionError} If an environment variable for TensorFlow's threads has no valid number.
 * @throws {LibraryError} If the file is not TensorFlow's library.
 */
export async function startTensorFlow(
  path: string,
  { cluster, compileModels: compilesModels = true, onMessage = tf.backend_util.warn }:
    TensorFlowOptions = {},
): Promise<Binding> {
  requireThreadCounts();
  setDefaults(cluster);
  if (Deno.build.os === "windows") shareEnvironment();
  const binding = new Binding(new CApi(path), cluster);
  patchNodeUtil();
  const [{ default: { NodeJSKernelBackend } }] = await Promise.all([
    import("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js"),
    import("@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js"),
  ]);
  // The boundary to tfjs-node, which declares its binding in types of its own.
  const typed = binding as unknown as ConstructorParameters<typeof NodeJSKernelBackend>[0];
  tf.registerBackend(tensorflowBackendName, () => {
    const backend = new NodeJSKernelBackend(typed, "@tensorflow/tfjs-node-gpu");
    refuseLargeShapes(backend);
    // Without a GPU, results are ready as soon as the operation has run.
    if (binding.isUsingGpuDevice()) readAsync(backend, binding);
    return backend;
  }, 3);
  registerTensorFlowKernels();
  registerCompiler(binding, onMessage);
  if (!await tf.setBackend(tensorflowBackendName)) {
    throw new Error("TensorFlow.js refused the backend");
  }
  await tf.ready();
  if (compilesModels) {
    const { compileModels } = await import("../layers/compiled_models.ts");
    compileModels({ warn: onMessage, isTracing: () => binding.tracer !== undefined });
  }
  // Around the compiled steps.
  endFitsCleanly();
  return binding;
}

function registerCompiler(binding: Binding, warn: (line: string) => void): void {
  const resources = new ResourceVariables(binding);
  const runtime = { binding, resources, running: new RunningCalls(), warn };
  setCompiler(tensorflowBackendName, (fn, options) => compileFunction(runtime, fn, options));
  replaceInPlaceUpdates((update) => {
    const { tracer } = binding;
    if (!(tracer instanceof Tracer)) return false;
    tracer.updateInPlace(update);
    return true;
  });
}

/** More threads than any machine has; TensorFlow would try to start them all. */
const maxThreads = 1024;

/** TensorFlow ends the process for some numbers of threads, and ignores what is no number. */
function requireThreadCounts(): void {
  for (const name of ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"]) {
    const value = Deno.env.get(name);
    if (!value || (/^\d+$/.test(value) && Number(value) <= maxThreads)) continue;
    throw new OptionError(`${name} must be a whole number up to ${maxThreads}. Received: ${value}`);
  }
}

/** Sets what TensorFlow reads from the environment while it is loaded, unless it is set already. */
function setDefaults(cluster?: ClusterSpec): void {
  const workers = cluster ? workersOnThisHost(cluster) : 1;
  const defaults = {
    // Without AVX-512 TensorFlow turns oneDNN off, but convolutional nets train three times as fast
    // with it there too.
    TF_ENABLE_ONEDNN_OPTS: "1",
    // Otherwise TensorFlow takes all of a GPU's memory.
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    // Takes cuDNN's first deterministic algorithm: trying all of them takes seconds for each new shape
    // and saves a tenth of a step.
    TF_CUDNN_DETERMINISTIC: "1",
    // No notes on how TensorFlow was built; in a cluster no errors either, as a broken cluster throws a
    // ClusterError.
    TF_CPP_MIN_LOG_LEVEL: cluster ? "3" : "2",
    // Workers on one machine share its cores.
    ...(workers > 1 ? { TF_NUM_INTRAOP_THREADS: `${coresFor(workers)}` } : {}),
  };
  for (const [name, value] of Object.entries(defaults)) {
    if (!Deno.env.has(name)) Deno.env.set(name, value);
  }
}

/** The cores for each of several workers on this machine. */
function coresFor(workers: number): number {
  return Math.max(1, Math.floor(navigator.hardwareConcurrency / workers));
}

/** Adds two functions that tfjs-node 4.22 calls and current versions of `node:util` no longer have. */
function patchNodeUtil(): void {
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}
