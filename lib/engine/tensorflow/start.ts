import util from "node:util";
import type { ClusterSpec } from "../cluster.ts";
import { setCompiler } from "../compile.ts";
import { endFitsCleanly } from "../layers/interrupted_fit.ts";
import { replaceInPlaceUpdates } from "../ops/in_place_update.ts";
import { tf } from "../tf.ts";
import { Binding } from "./binding.ts";
import { CApi } from "./capi/c_api.ts";
import { loadInBackground } from "./capi/load_in_background.ts";
import { tensorflowBackendName } from "./current_backend.ts";
import { setEnvironment } from "./set_environment.ts";
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
  setEnvironment(cluster);
  if (Deno.build.os === "windows") shareEnvironment();
  patchNodeUtil();
  const [{ default: { NodeJSKernelBackend } }] = await Promise.all([
    import("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js"),
    import("@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js"),
    loadInBackground(path),
  ]);
  const binding = new Binding(new CApi(path), cluster);
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

/** Adds two functions that tfjs-node 4.22 calls and current versions of `node:util` no longer have. */
function patchNodeUtil(): void {
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}
