import assert from "node:assert/strict";
import type { Binding } from "../../../../lib/engine/tensorflow/binding.ts";
import { currentBackend } from "../../../../lib/engine/tensorflow/backend.ts";
import { tf } from "../../../../lib/engine/tf.ts";
import { testWithTensorFlow } from "../support.ts";

const handles = (): number => (currentBackend().binding as unknown as Binding).getNumOfTensors();

/** A test after which there must be as many tensors, for TensorFlow.js and for TensorFlow, as before. */
export function leavesNothing(name: string, run: () => void | Promise<void>): void {
  testWithTensorFlow(name, async () => {
    const before = [tf.memory().numTensors, handles()];
    await run();
    assert.deepEqual([tf.memory().numTensors, handles()], before, "tensors left behind");
  });
}
