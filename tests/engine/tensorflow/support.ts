import { type Engine, useEngine } from "../../../lib/engine/use_engine.ts";
import { graphicsCards } from "../../../lib/engine/hardware.ts";
import { findLibrary } from "../../../lib/engine/tensorflow/library/find_library.ts";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { tf } from "../../../lib/engine/tf.ts";

// Else a card rounds what it multiplies to TF32, and what is compared here differs in the third digit.
Deno.env.set("NVIDIA_TF32_OVERRIDE", "0");

const library = await findLibrary();

/** Registers a test on the native engine, which is skipped with a word where that is not there. */
export function testWithTensorFlow(name: string, run: () => void | Promise<void>): void {
  const note = library ? "" : " (skipped: no native engine, see deno task setup)";
  Deno.test({
    name: name + note,
    ignore: !library,
    // The library stays open as long as the process lives.
    sanitizeResources: false,
    fn: async () => {
      await useEngine({ engine: "tensorflow" });
      await run();
    },
  });
}

/** The engine where it computes on an NVIDIA card; it is started for this where there is one. */
async function engineOnCard(): Promise<Engine | undefined> {
  if (!library || graphicsCards().length === 0) return undefined;
  const engine = await useEngine({ engine: "tensorflow" });
  return engine.devices.includes("GPU") ? engine : undefined;
}

/** The engine where it computes on a card: what is asked for there may be stricter. */
export const onCard = await engineOnCard();

/** Registers a test on an NVIDIA card, which is skipped with a word where the engine uses none. */
export function testOnCard(name: string, run: (engine: Engine) => void | Promise<void>): void {
  Deno.test({
    name: name + (onCard ? "" : " (skipped: the native engine uses no NVIDIA card)"),
    ignore: !onCard,
    // The library stays open as long as the process lives.
    sanitizeResources: false,
    fn: () => run(onCard!),
  });
}

/** The tensors that TensorFlow holds for this process. */
export function countHandles(): number {
  return currentBinding().getNumOfTensors();
}

/** Runs on the plain JavaScript backend in between, for comparison. */
export async function onPlainCpu<T>(compute: () => T): Promise<T> {
  await tf.setBackend("cpu");
  try {
    return compute();
  } finally {
    await tf.setBackend("tensorflow");
  }
}
