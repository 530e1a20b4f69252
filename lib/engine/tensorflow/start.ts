import util from "node:util";
import { type ClusterSpec, workersOnThisHost } from "../cluster.ts";
import { setCompiler } from "../compile.ts";
import { replaceMomentumUpdate } from "../ops/momentum_update.ts";
import { tf } from "../tf.ts";
import { readAsync } from "./tfjs_node_internals.ts";
import { Binding } from "./binding.ts";
import { tensorflowBackendName } from "./current_backend.ts";
import { CApi } from "./capi/c_api.ts";
import { compileFunction } from "./tracing/compiled_function.ts";
import { Tracer } from "./tracing/tracer.ts";
import { ResourceVariables } from "./tracing/resource_variables.ts";
import { registerTensorFlowKernels } from "./kernels/register.ts";

/**
 * Opens TensorFlow's library and makes it TensorFlow.js's backend: tfjs-node's JavaScript kernels,
 * with this project's faster ones over them, on our {@linkcode Binding} in place of their addon.
 *
 * @param path The full path of `libtensorflow_cc`.
 * @param place Where this process is one worker of several.
 * @returns The binding, which knows the version and the devices.
 */
export async function startTensorFlow(path: string, place?: ClusterSpec): Promise<Binding> {
  setDefaults(place);
  const binding = new Binding(new CApi(path), place);
  patchNodeUtil();
  const [{ default: { NodeJSKernelBackend } }] = await Promise.all([
    import("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js"),
    import("@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js"),
  ]);
  // The boundary to tfjs-node: its type names also SavedModels, which this binding does not offer.
  const typed = binding as unknown as ConstructorParameters<typeof NodeJSKernelBackend>[0];
  tf.registerBackend(tensorflowBackendName, () => {
    const backend = new NodeJSKernelBackend(typed, "@tensorflow/tfjs-node-gpu");
    // Where there is no card, what an operation gave is there once it has run.
    if (binding.isUsingGpuDevice()) readAsync(backend, binding);
    return backend;
  }, 3);
  registerTensorFlowKernels();
  offerCompiling(binding);
  if (!await tf.setBackend(tensorflowBackendName)) {
    throw new Error("TensorFlow.js refused the backend");
  }
  await tf.ready();
  return binding;
}

function offerCompiling(binding: Binding): void {
  const machine = { binding, resources: new ResourceVariables(binding) };
  setCompiler(tensorflowBackendName, (fn, options) => compileFunction(machine, fn, options));
  replaceMomentumUpdate((step) => {
    const { tracer } = binding;
    if (!(tracer instanceof Tracer)) return false;
    tracer.applyMomentum(step);
    return true;
  });
}

/**
 * Settings that TensorFlow reads as it is loaded, where the environment has none: oneDNN's kernels
 * on (without AVX-512 TensorFlow leaves them off, though a VGG net trains three times as fast with
 * them there too); no more of a card's memory than is needed (TensorFlow would take all of it);
 * cuDNN's first algorithm that repeats itself (trying all of them takes seconds for each new shape
 * and saves a tenth of a step); no notes on how it was built; and where workers share a machine, as
 * many threads for each as it has cores for it.
 */
function setDefaults(place?: ClusterSpec): void {
  const neighbours = place ? workersOnThisHost(place) : 1;
  const defaults = {
    TF_ENABLE_ONEDNN_OPTS: "1",
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    TF_CUDNN_DETERMINISTIC: "1",
    // A cluster that breaks tells so itself, in a line.
    TF_CPP_MIN_LOG_LEVEL: place ? "3" : "2",
    ...(neighbours > 1 ? { TF_NUM_INTRAOP_THREADS: `${coresFor(neighbours)}` } : {}),
  };
  for (const [name, value] of Object.entries(defaults)) {
    if (!Deno.env.has(name)) Deno.env.set(name, value);
  }
}

/** Cores for each of the workers on a machine. */
function coresFor(workers: number): number {
  return Math.max(1, Math.floor(navigator.hardwareConcurrency / workers));
}

/** tfjs-node 4.22 calls two functions that current versions of `node:util` no longer have. */
function patchNodeUtil(): void {
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}
