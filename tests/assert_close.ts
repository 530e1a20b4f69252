import assert from "node:assert/strict";
import type { tf } from "../lib/engine/tf.ts";

/**
 * Asserts that two tensors or lists have the same length and differ nowhere by more than
 * `tolerance`.
 */
export function assertClose(
  actual: tf.Tensor | ArrayLike<number> | undefined,
  expected: tf.Tensor | ArrayLike<number> | undefined,
  tolerance: number,
): void {
  const [ours, theirs] = [actual, expected].map((values) => {
    assert.ok(values, "there are no values");
    return "dataSync" in values ? values.dataSync() : values;
  });
  assert.ok(ours && theirs);
  assert.equal(ours.length, theirs.length);
  for (let index = 0; index < ours.length; index++) {
    const value: number = ours[index] ?? NaN;
    const wanted: number = theirs[index] ?? NaN;
    const close: boolean = Math.abs(value - wanted) <= tolerance;
    assert.ok(close, `${value} is not within ${tolerance} of ${wanted} at ${index}`);
  }
}
