import assert from "node:assert/strict";
import { compile } from "../../../lib/engine/compile.ts";
import { OutOfMemoryError } from "../../../lib/engine/errors.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { testWithTensorFlow } from "./support.ts";

/** Four terabytes. */
const huge = [1_000_000, 1_000_000];

testWithTensorFlow(
  "a tensor that does not fit into memory throws an OutOfMemoryError of one line",
  async () => {
    const one = tf.ones([1, 1]);
    const isClear = (error: unknown): boolean =>
      error instanceof OutOfMemoryError && /^.*OOM when allocating[^\n]*$/.test(error.message);
    const fill = compile((x: tf.Tensor) => x.tile(huge).sum());
    assert.throws(() => tf.tidy(() => one.tile(huge)), isClear);
    assert.throws(() => fill(one), isClear);
    await assert.rejects(fill.callAsync(one), isClear);
    // The engine can still be used.
    assert.equal((await one.add(1).data())[0], 2);
    fill.dispose();
  },
);
