import { useEngine } from "../../../lib/engine/choose.ts";
import { findLibrary } from "../../../lib/engine/tensorflow/library.ts";
import type { Binding } from "../../../lib/engine/tensorflow/binding.ts";
import { currentBackend } from "../../../lib/engine/tensorflow/backend.ts";
import { tf } from "../../../lib/engine/tf.ts";

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

/** The tensors that TensorFlow holds for this process. */
export function countHandles(): number {
  return (currentBackend().binding as unknown as Binding).getNumOfTensors();
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
