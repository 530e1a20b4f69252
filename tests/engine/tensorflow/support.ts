import { graphicsCards } from "../../../lib/engine/hardware.ts";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { findLibrary } from "../../../lib/engine/tensorflow/library/find_library.ts";
import { tf } from "../../../lib/engine/tf.ts";
import type { Engine, EngineOptions } from "../../../lib/engine/engine.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";

// Otherwise a GPU rounds factors to TF32, and results differ in the third digit.
Deno.env.set("NVIDIA_TF32_OVERRIDE", "0");

const library = await findLibrary();

/**
 * Registers a test on the native engine. Without one it is skipped, and its name says so.
 *
 * @param options For starting the engine, which only the first test of a file does.
 */
export function testWithTensorFlow(
  name: string,
  run: () => void | Promise<void>,
  options: EngineOptions = {},
): void {
  const note = library ? "" : " (skipped: no native engine, see deno task setup)";
  Deno.test({
    name: name + note,
    ignore: !library,
    // The library stays open for the life of the process.
    sanitizeResources: false,
    fn: async () => {
      await useEngine({ engine: "tensorflow", ...options });
      await run();
    },
  });
}

/** Starts the engine if there is an NVIDIA GPU, and returns it if it uses the GPU. */
async function engineOnCard(): Promise<Engine | undefined> {
  if (!library || graphicsCards().length === 0) return undefined;
  const engine = await useEngine({ engine: "tensorflow" });
  return engine.devices.includes("GPU") ? engine : undefined;
}

/** The engine, if it computes on a GPU. */
export const onCard = await engineOnCard();

/** Registers a test on an NVIDIA GPU. If the engine uses none, it is skipped, and its name says so. */
export function testOnCard(name: string, run: (engine: Engine) => void | Promise<void>): void {
  Deno.test({
    name: name + (onCard ? "" : " (skipped: the native engine uses no NVIDIA GPU)"),
    ignore: !onCard,
    // The library stays open for the life of the process.
    sanitizeResources: false,
    fn: () => run(onCard!),
  });
}

/** The number of tensors that TensorFlow holds for this process. */
export function countHandles(): number {
  return currentBinding().getNumOfTensors();
}

/** Computes on the plain JavaScript backend, for comparison. */
export async function onPlainCpu<T>(compute: () => T): Promise<T> {
  await tf.setBackend("cpu");
  try {
    return compute();
  } finally {
    await tf.setBackend("tensorflow");
  }
}

/** Counts the operations of a name that TensorFlow runs on their own, until `stop()`. */
export function countRuns(name: string): { count: number; stop: () => void } {
  const { context } = currentBinding();
  const original = context.run;
  const runs = {
    count: 0,
    stop: (): void => {
      context.run = original;
    },
  };
  context.run = (...args) => {
    if (args[0] === name) runs.count++;
    return original.apply(context, args);
  };
  return runs;
}
