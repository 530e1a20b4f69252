import assert from "node:assert/strict";
import { compile } from "../../../../lib/engine/compile.ts";
import { momentumUpdate } from "../../../../lib/engine/ops/momentum_update.ts";
import { tf } from "../../../../lib/engine/tf.ts";
import { assertClose } from "../../../assert_close.ts";
import { countRuns, testWithTensorFlow } from "../support.ts";
import { leavesNothing } from "./support.ts";

const variable = (values: number[]): tf.Variable => tf.tidy(() => tf.variable(tf.tensor1d(values)));

/** Reads a tensor's values and disposes of it. */
function read(compute: () => tf.Tensor): number[] {
  return tf.tidy(() => Array.from(compute().dataSync()));
}

leavesNothing("a compiled function reads and assigns variables", () => {
  const [total, last] = [variable([0, 0]), variable([9, 9])];
  const add = compile((x: tf.Tensor) => {
    last.assign(total);
    total.assign(total.add(x));
    return total.mul(2);
  });
  const x = tf.tensor1d([1, 2]);
  for (let call = 1; call <= 5; call++) {
    assert.deepEqual(read(() => add(x)), [2 * call, 4 * call]);
    assert.deepEqual(read(() => total), [call, 2 * call]);
    assert.deepEqual(read(() => last), [call - 1, 2 * call - 2]);
  }
  tf.dispose([x, total, last]);
  add.dispose();
});

leavesNothing("two functions share a variable, compiled or not", () => {
  const total = variable([1]);
  const double = compile(() => {
    total.assign(total.mul(2));
    return total.add(0);
  });
  const more = compile(() => {
    total.assign(total.add(1));
    return total.add(0);
  });
  assert.deepEqual(read(() => double()), [2]);
  assert.deepEqual(read(() => more()), [3]);
  tf.tidy(() => total.assign(total.mul(10)));
  assert.deepEqual(read(() => more()), [31]);
  assert.deepEqual(read(() => double()), [62]);
  assert.deepEqual(read(() => total.add(1)), [63]);
  total.dispose();
  for (const compiled of [double, more]) compiled.dispose();
});

leavesNothing("a variable that is read in bfloat16 is cast again after a write", () => {
  const total = tf.tidy(() => tf.variable(tf.eye(64)));
  const corner = compile(
    (x: tf.Tensor2D) => tf.matMul(x, total as tf.Tensor2D).slice([0, 0], [1, 1]),
    { precision: "bfloat16" },
  );
  const double = compile(() => {
    total.assign(total.mul(2));
    return [];
  });
  const x = tf.ones<tf.Rank.R2>([64, 64]);
  const corners = (): number[][] => [read(() => corner(x)), read(() => corner(x))];
  assert.deepEqual(corners(), [[1], [1]]);
  double();
  assert.deepEqual(corners(), [[2], [2]]);
  double();
  double();
  assert.deepEqual(corners(), [[8], [8]]);
  tf.tidy(() => total.assign(total.mul(3)));
  assert.deepEqual(corners(), [[24], [24]]);
  double();
  assert.deepEqual(corners(), [[48], [48]]);
  tf.dispose([x, total]);
  for (const compiled of [corner, double]) compiled.dispose();
});

leavesNothing(
  "a small batch meets a large matrix in bfloat16 where a function only predicts",
  () => {
    // In bfloat16, the nearest to the elements is 1.
    const shape = [64, 2 ** 17] as const;
    const kernel = tf.tidy(() => tf.variable(tf.fill([...shape], 1 + 2 ** -9)));
    const layer = (x: tf.Tensor2D): tf.Tensor =>
      // TensorFlow.js's dense layers reshape their kernels.
      tf.matMul(x, kernel.reshape([1, ...shape]).reshape<tf.Tensor2D>([...shape]))
        .slice([0, 0], [1, 1]).div(64);
    const plain = compile(layer, { precision: "bfloat16" });
    const predicting = compile(layer, { precision: "bfloat16", inference: true });
    const double = compile(() => {
      kernel.assign(kernel.mul(2));
      return [];
    });
    const x = tf.ones<tf.Rank.R2>([4, 64]);
    const casts = countRuns("Cast");
    try {
      assert.deepEqual(read(() => plain(x)), [1 + 2 ** -9]);
      assert.equal(casts.count, 0);
      assert.deepEqual([1, 2, 3].map(() => read(() => predicting(x))), [[1], [1], [1]]);
      assert.equal(casts.count, 1, "the cast is kept");
      double();
      assert.deepEqual(read(() => predicting(x)), [2]);
      assert.equal(casts.count, 2);
    } finally {
      casts.stop();
    }
    tf.dispose([x, kernel]);
    for (const compiled of [plain, predicting, double]) compiled.dispose();
  },
);

leavesNothing("values read from a variable do not change when a function writes it", () => {
  const total = variable([1]);
  const more = compile(() => {
    total.assign(total.add(1));
    return [];
  });
  more();
  const before = total.clone();
  const copy = tf.variable(total);
  more();
  more();
  assert.deepEqual(read(() => before), [2]);
  assert.deepEqual(read(() => copy), [2]);
  assert.deepEqual(read(() => total), [4]);
  tf.tidy(() => copy.assign(copy.add(100)));
  more();
  assert.deepEqual(read(() => total), [5]);
  assert.deepEqual(read(() => copy), [102]);
  tf.dispose([total, before, copy]);
  more.dispose();
});

leavesNothing("momentumUpdate() in a compiled function equals the plain one", () => {
  for (const nesterov of [true, false]) {
    const sets = [0, 1].map(() => ({ variable: variable([1, 2]), velocity: variable([0, 0]) }));
    const step =
      (set: { variable: tf.Variable; velocity: tf.Variable }) =>
      (x: tf.Tensor, rate: tf.Tensor): tf.Tensor => {
        const gradient = set.variable.mul(x);
        const before = set.variable.clone();
        momentumUpdate({ ...set, gradient, rate, momentum: 0.9, nesterov });
        // Both the old and the new value of the variable are used.
        return tf.stack([before, set.variable, set.velocity]);
      };
    const [plain, compiled] = [step(sets[0]!), compile(step(sets[1]!))];
    for (let call = 1; call <= 5; call++) {
      const [x, rate] = [tf.tensor1d([call, -1]), tf.scalar(0.1 / call)];
      assertClose(read(() => compiled(x, rate)), read(() => plain(x, rate)), 1e-6);
      tf.dispose([x, rate]);
    }
    tf.dispose(sets);
    compiled.dispose();
  }
});

leavesNothing("a value that is first read after an update in place is the old one", () => {
  const [weight, velocity] = [variable([1]), variable([0])];
  const step = compile((gradient: tf.Tensor, rate: tf.Tensor) => {
    const update = { variable: weight, velocity, gradient, rate, momentum: 0, nesterov: false };
    const first = weight.clone();
    momentumUpdate(update);
    const second = weight.clone();
    momentumUpdate(update);
    return tf.stack([first, second, weight]);
  });
  const [gradient, rate] = [tf.tensor1d([1]), tf.scalar(0.25)];
  assertClose(read(() => step(gradient, rate)), [1, 0.75, 0.5], 1e-6);
  assertClose(read(() => step(gradient, rate)), [0.5, 0.25, 0], 1e-6);
  tf.dispose([weight, velocity, gradient, rate]);
  step.dispose();
});

leavesNothing("a function whose variable was disposed of retraces with another one", () => {
  let weight = variable([2]);
  const times = compile((x: tf.Tensor) => x.mul(weight));
  const x = tf.tensor1d([3]);
  assert.deepEqual(read(() => times(x)), [6]);
  weight.dispose();
  weight = variable([5]);
  assert.deepEqual(read(() => times(x)), [15]);
  tf.dispose([x, weight]);
  times.dispose();
});

// Not leavesNothing(), as TensorFlow.js's optimizers leave a constant behind.
testWithTensorFlow("optimizers of TensorFlow.js can be compiled after a plain step", () => {
  for (const make of [() => tf.train.momentum(0.1, 0.9, true), () => tf.train.adam(0.1)]) {
    const finals = [false, true].map((compiles) => {
      const weight = variable([1, -2]);
      const optimizer = make();
      const step = (x: tf.Tensor): tf.Tensor => {
        const { value, grads } = tf.variableGrads(() => weight.mul(x).square().sum(), [weight]);
        optimizer.applyGradients(
          Object.entries(grads).map(([name, tensor]) => ({ name, tensor })),
        );
        return value;
      };
      const x = tf.tensor1d([1, 2]);
      read(() => step(x));
      const compiled = compile(step);
      for (let call = 0; call < 5; call++) read(() => compiles ? compiled(x) : step(x));
      const final = read(() => weight);
      compiled.dispose();
      optimizer.dispose();
      tf.dispose([weight, x]);
      return final;
    });
    assertClose(finals[1], finals[0], 1e-6);
  }
});
