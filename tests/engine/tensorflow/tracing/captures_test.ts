import assert from "node:assert/strict";
import { compile } from "../../../../lib/engine/compile.ts";
import { tf } from "../../../../lib/engine/tf.ts";
import { assertClose } from "../../../assert_close.ts";
import { leavesNothing } from "./support.ts";

leavesNothing(
  "a compiled function uses a captured tensor that was not used before",
  () => {
    const captured = tf.tensor1d([10, 20]);
    const add = compile((x: tf.Tensor) => x.add(captured));
    const x = tf.tensor1d([1, 2]);
    for (let call = 0; call < 4; call++) {
      const sum = add(x);
      assertClose(sum, [11, 22], 0);
      sum.dispose();
    }
    assertClose(captured, [10, 20], 0);
    tf.dispose([captured, x]);
    add.dispose();
  },
);

leavesNothing("a compiled function retraces if a captured tensor is replaced", () => {
  let captured = tf.tensor1d([10]);
  const add = compile((x: tf.Tensor) => x.add(captured));
  const x = tf.tensor1d([1]);
  const results = [1, 2, 3, 4].map((call) => {
    captured.dispose();
    captured = tf.tensor1d([10 * call]);
    const sum = add(x);
    const [value] = sum.dataSync();
    sum.dispose();
    return value;
  });
  assert.deepEqual(results, [11, 21, 31, 41]);
  tf.dispose([captured, x]);
  add.dispose();
});

leavesNothing("a captured tensor stays its owner's, even if it is returned", () => {
  const captured = tf.tidy(() => tf.tensor1d([1, 2]).mul(3));
  const add = compile((x: tf.Tensor) => ({ sum: x.add(captured), itself: captured }));
  const x = tf.tensor1d([1, 1]);
  const { sum, itself } = add(x);
  assertClose(sum, [4, 7], 0);
  tf.dispose([itself!]);
  assertClose(captured, [3, 6], 0);
  tf.dispose([captured, x, sum!]);
  add.dispose();
});
