import assert from "node:assert/strict";
import { tf } from "../../../../lib/engine/tf.ts";
import { countHandles, testWithTensorFlow } from "../support.ts";

/** A test after which there must be as many tensors, for TensorFlow.js and for TensorFlow, as before. */
export function leavesNothing(name: string, run: () => void | Promise<void>): void {
  testWithTensorFlow(name, async () => {
    const before = [tf.memory().numTensors, countHandles()];
    await run();
    assert.deepEqual([tf.memory().numTensors, countHandles()], before, "tensors left behind");
  });
}
