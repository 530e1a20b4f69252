import assert from "node:assert/strict";
import { compile } from "../../../../lib/engine/compile.ts";
import { tf } from "../../../../lib/engine/tf.ts";
import { countRuns } from "../support.ts";
import { leavesNothing } from "./support.ts";

const variable = (values: number[]): tf.Variable => tf.tidy(() => tf.variable(tf.tensor1d(values)));

/** Reads a tensor's values and disposes of it. */
function read(compute: () => tf.Tensor): number[] {
  return tf.tidy(() => Array.from(compute().dataSync()));
}

leavesNothing(
  "what predictions need of variables alone is computed once, until one changes",
  () => {
    const [a, b] = [variable([1, 2]), variable([3, 4])];
    const predict = compile((x: tf.Tensor) => x.add(a.mul(b)), { inference: true });
    const double = compile(() => {
      b.assign(b.mul(2));
      return [];
    });
    const x = tf.tensor1d([0, 1]);
    const products = countRuns("Mul");
    try {
      const sums = (): number[][] => [1, 2, 3].map(() => read(() => predict(x)));
      assert.deepEqual(sums(), [[3, 9], [3, 9], [3, 9]]);
      assert.equal(products.count, 1);
      double();
      assert.deepEqual(sums(), [[6, 17], [6, 17], [6, 17]]);
      assert.equal(products.count, 2);
      // The old value lives on.
      const old = a.clone();
      tf.tidy(() => a.assign(tf.tensor1d([10, 10])));
      assert.deepEqual(sums(), [[60, 81], [60, 81], [60, 81]]);
      assert.equal(products.count, 3);
      old.dispose();
      assert.deepEqual(sums(), [[60, 81], [60, 81], [60, 81]]);
      assert.equal(products.count, 3);
    } finally {
      products.stop();
    }
    tf.dispose([x, a, b]);
    for (const compiled of [predict, double]) compiled.dispose();
  },
);

leavesNothing("two functions share what is kept", () => {
  const [a, b] = [variable([1, 2]), variable([3, 4])];
  const both = [1, 2].map(() =>
    compile((x: tf.Tensor) => x.add(a.mul(b)).add(a.mul(b)), { inference: true })
  );
  const x = tf.tensor1d([0, 1]);
  const products = countRuns("Mul");
  try {
    for (const predict of both) assert.deepEqual(read(() => predict(x)), [6, 17]);
    assert.equal(products.count, 1);
  } finally {
    products.stop();
  }
  tf.dispose([x, a, b]);
  for (const compiled of both) compiled.dispose();
});

leavesNothing("nothing is kept of variables that the function itself writes", () => {
  const [a, b] = [variable([1, 2]), variable([3, 4])];
  const step = compile((x: tf.Tensor) => {
    const sum = x.add(a.mul(b));
    b.assign(b.add(1));
    return sum.add(a.mul(b));
  }, { inference: true });
  const x = tf.tensor1d([0, 0]);
  assert.deepEqual(read(() => step(x)), [7, 18]);
  assert.deepEqual(read(() => step(x)), [9, 22]);
  assert.deepEqual(read(() => step(x)), [11, 26]);
  tf.dispose([x, a, b]);
  step.dispose();
});

leavesNothing("random numbers are drawn anew, even if they are multiplied by a variable", () => {
  const a = variable([1]);
  const draw = compile((x: tf.Tensor) => {
    const drawn = tf.multinomial(tf.ones<tf.Rank.R1>([1000]), 8).cast<tf.Tensor>("float32");
    return x.add(drawn.mul(a));
  }, { inference: true });
  const x = tf.tensor1d([0]);
  assert.notDeepEqual(read(() => draw(x)), read(() => draw(x)));
  tf.dispose([x, a]);
  draw.dispose();
});
