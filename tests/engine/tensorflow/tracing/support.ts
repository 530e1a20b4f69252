import assert from "node:assert/strict";
import { tf } from "../../../../lib/engine/tf.ts";
import { countHandles, testWithTensorFlow } from "../support.ts";

/** Registers a test that must leave no tensors behind, neither of TensorFlow.js nor of TensorFlow. */
export function leavesNothing(name: string, run: () => void | Promise<void>): void {
  testWithTensorFlow(name, async () => {
    const before = [tf.memory().numTensors, countHandles()];
    await run();
    assert.deepEqual([tf.memory().numTensors, countHandles()], before, "tensors left behind");
  });
}
