import { defined } from "../defined.ts";
import { OptionError } from "../errors.ts";
import type { Cluster } from "./cluster.ts";
import { type Engine, type EngineName, engineNames, type EngineOptions } from "./engine.ts";
import { freeGraphicsMemory } from "./hardware.ts";
import type { Binding } from "./tensorflow/binding.ts";
import { isRefused, pathVariable } from "./tensorflow/library/environment.ts";
import { tf } from "./tf.ts";

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

/** Starts an engine, with `auto` the first that works. @throws {Error} If it cannot run here. */
export async function startEngineByName(
  name: "auto" | EngineName,
  options: EngineOptions,
): Promise<Engine> {
  if (name === "auto") return await firstAvailable(options);
  return { name, ...await starters[name](options) };
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
  const { native, compileModels, cluster, onMessage, onPrepare, signal } = options;
  const { readyLibrary } = await import("./tensorflow/library/find_library.ts");
  const library = await readyLibrary({
    refuse: native === false,
    ...defined({ onMessage, onPrepare, signal }),
  });
  const { startTensorFlow } = await import("./tensorflow/start.ts");
  const binding = await startTensorFlow(
    library.path,
    defined({ compileModels, cluster, onMessage }),
  );
  const { TF_Version: version, devices } = binding;
  const memoryBytes = devices.includes("GPU") ? freeGraphicsMemory() : undefined;
  return {
    version,
    devices,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    reason: `TensorFlow ${version} on ${devices.join(", ")}`,
    ...(cluster ? { cluster: await formCluster(binding, options) } : {}),
  };
}

async function formCluster(
  binding: Binding,
  { cluster, onMessage, signal }: EngineOptions,
): Promise<Cluster> {
  const { TensorFlowCluster } = await import("./tensorflow/distributed/cluster.ts");
  return await TensorFlowCluster.form(binding, {
    ...cluster!,
    ...defined({ onMessage, signal }),
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
