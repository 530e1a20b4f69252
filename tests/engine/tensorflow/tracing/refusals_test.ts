import assert from "node:assert/strict";
import { compile, type CompiledResult } from "../../../../lib/engine/compile.ts";
import { currentBinding } from "../../../../lib/engine/tensorflow/current_backend.ts";
import { float32, integer } from "../../../../lib/engine/tensorflow/kernels/attributes.ts";
import { runOp } from "../../../../lib/engine/tensorflow/kernels/run.ts";
import { tf } from "../../../../lib/engine/tf.ts";
import { leavesNothing } from "./support.ts";

/** Asserts that a function cannot be compiled, and that the engine can still be used. */
function assertRefused(fn: (x: tf.Tensor) => CompiledResult, message: RegExp, calls = 1): void {
  const compiled = compile(fn);
  const x = tf.tensor1d([1, 2]);
  for (let call = 1; call < calls; call++) tf.dispose(compiled(x));
  assert.throws(() => compiled(x), (error: Error) => {
    assert.equal(error.name, "CompileError");
    assert.match(error.message, message);
    return true;
  });
  assert.deepEqual(Array.from(x.dataSync()), [1, 2]);
  tf.dispose(x);
  compiled.dispose();
}

leavesNothing("compile() refuses every way of reading values", () => {
  const readers: ((x: tf.Tensor) => unknown)[] = [
    (x) => x.add(1).dataSync(),
    (x) => x.dataSync(),
    (x) => x.mul(2).arraySync(),
    (x) => x.print(),
    (x) => x.square().data().catch(() => {}),
  ];
  for (const reader of readers) {
    assertRefused((x) => {
      reader(x);
      return x.add(1);
    }, /cannot read a tensor's values .* Return the tensor/);
  }
});

leavesNothing("compile() detects a number that JavaScript changes, and shows it", () => {
  let rate = 0.5;
  assertRefused((x) => x.mul(rate /= 2), /tensor \[0.25\] .* now makes \[0.125\]: .* argument/, 2);
});

leavesNothing("compile() detects random numbers of JavaScript", () => {
  assertRefused((x) => tf.dropout(x, 0.5), /now makes \[/, 2);
  assertRefused((x) => x.add(Math.random()), /now makes \[/, 2);
});

leavesNothing("compile() detects a seed that changes", () => {
  let seed = 1;
  assertRefused((x) => tf.multinomial(x as tf.Tensor1D, 3, seed++), /now makes/, 2);
});

leavesNothing("compile() detects another path through the function, longer or shorter", () => {
  let call = 0;
  assertRefused((x) => ++call === 1 ? x.add(1) : x.sub(1), /Add of .* now Sub of/, 2);
  call = 0;
  assertRefused((x) => ++call === 1 ? x.add(x) : x.add(x).relu(), /the end was next, and now/, 2);
  call = 0;
  assertRefused((x) => ++call === 1 ? x.relu().abs() : x.relu(), /now the end is/, 2);
});

leavesNothing("compile() detects a late change in the eighth call", () => {
  let factor = 2;
  const times = compile((x: tf.Tensor) => x.mul(factor));
  const x = tf.tensor1d([1]);
  for (let call = 1; call < 8; call++) {
    if (call === 5) factor = 3;
    tf.dispose(times(x));
  }
  assert.throws(() => times(x), /tensor \[2\] .* now makes \[3\]/);
  x.dispose();
  times.dispose();
});

leavesNothing("compile() refuses shapes that depend on values", () => {
  assertRefused((x) => tf.unique(x as tf.Tensor1D).values, /shape depends on values.*Unique/);
});

leavesNothing("compile() refuses new variables, and names them", () => {
  assertRefused((x) => {
    tf.variable(x.mul(2), true, "made_inside");
    return x.add(1);
  }, /cannot make variables: make them before.*Received: made_inside/);
});

leavesNothing("compile() refuses results that are not tensors", () => {
  const wrong: unknown[] = [undefined, 3, [1], { loss: "high" }, Promise.resolve()];
  for (const result of wrong) assertRefused(() => result as CompiledResult, /must return a tensor/);
});

leavesNothing("a compiled function throws what the function itself throws", () => {
  const compiled = compile((x: tf.Tensor) => {
    if (x.rank === 1) throw new RangeError("my own");
    return x.mul(2);
  });
  const [row, table] = [tf.tensor1d([1]), tf.tensor2d([[1]])];
  assert.throws(() => compiled(row), /^RangeError: my own$/);
  const result = compiled(table);
  assert.deepEqual(Array.from(result.dataSync()), [2]);
  tf.dispose([row, table, result]);
  compiled.dispose();
});

leavesNothing("a compiled function throws TensorFlow's errors when it runs", async () => {
  const crop = compile((numbers: tf.Tensor) =>
    tf.image.cropAndResize(
      tf.ones([2, 4, 4, 1]) as tf.Tensor4D,
      tf.tensor2d([[0, 0, 1, 1]]),
      numbers as tf.Tensor1D,
      [2, 2],
    )
  );
  const [wrong, right] = [tf.tensor1d([7], "int32"), tf.tensor1d([1], "int32")];
  assert.throws(() => crop(wrong), /box_index has values outside \[0, batch_size\)/);
  await assert.rejects(crop.callAsync(wrong), /box_index has values outside/);
  const image = crop(right);
  assert.deepEqual(Array.from(image.dataSync()), [1, 1, 1, 1]);
  tf.dispose([wrong, right, image]);
  crop.dispose();
});

leavesNothing("compile() refuses tensors that are kept, which can be disposed of", () => {
  const kept: tf.Tensor[] = [];
  assertRefused((x) => {
    kept.push(tf.keep(x.mul(2)));
    return x.add(1);
  }, /must not keep tensors/);
  assert.throws(() => kept[0]!.dataSync(), /must not keep tensors/);
  tf.dispose(kept);
});

leavesNothing("compile() refuses an op with an empty list", () => {
  const attributes = [float32, integer("N", 0)];
  const compiled = compile((x: tf.Tensor) => x.add(runOp("AddN", attributes, [])));
  const x = tf.tensor1d([1]);
  assert.throws(() => compiled(x), {
    name: "TensorFlowError",
    message: "AddN takes at least one tensor as inputs. Received: none",
  });
  x.dispose();
  compiled.dispose();
});

leavesNothing("a compiled function names an argument that is no tensor, or was disposed of", () => {
  const add = compile((x: tf.Tensor, y: tf.Tensor) => x.add(y));
  const [x, gone] = [tf.scalar(1), tf.scalar(2)];
  gone.dispose();
  for (const call of [add, add.callAsync]) {
    assert.throws(
      () => call(x, gone),
      /^Error: argument 2 of a compiled function was disposed of$/,
    );
    assert.throws(
      () => call(3 as unknown as tf.Tensor, x),
      /^TypeError: argument 1 of a compiled function must be a tensor\. Received: 3$/,
    );
  }
  x.dispose();
  add.dispose();
});

leavesNothing("compile() refuses to call another compiled function, and names it", async () => {
  const twice = (x: tf.Tensor): tf.Tensor => x.mul(2);
  const double = compile(twice);
  const message = /cannot call another compiled function.*Received: twice$/;
  // The first two calls of the inner function trace and verify it; the third only replays it.
  for (let calls = 0; calls < 3; calls++) {
    assertRefused((x) => double(x), message);
    assertRefused((x) => {
      double.callAsync(x);
      return x.add(1);
    }, message);
    assertRefused((x) => {
      const { tracer } = currentBinding();
      assert.throws(() => double(x), message);
      assert.ok(tracer && currentBinding().tracer === tracer);
      return x.add(1);
    }, message);
    const x = tf.tensor1d([1, 2]);
    const doubled = calls % 2 ? double(x) : await double.callAsync(x);
    assert.deepEqual(Array.from(doubled.dataSync()), [2, 4]);
    tf.dispose([x, doubled]);
  }
  double.dispose();
});

leavesNothing(
  "a compiled function that begins to call another one is refused",
  async () => {
    const inner = compile((x: tf.Tensor) => x.mul(2));
    let isNested = false;
    const outer = compile((x: tf.Tensor) => isNested ? inner(x) : x.add(1));
    const x = tf.tensor1d([1, 2]);
    tf.dispose(outer(x));
    isNested = true;
    const message = /cannot call another compiled function.*Received: a function without a name$/;
    assert.throws(() => outer(x), message);
    await assert.rejects(outer.callAsync(x), message);
    isNested = false;
    const result = await outer.callAsync(x);
    assert.deepEqual(Array.from(result.dataSync()), [2, 3]);
    tf.dispose([x, result]);
    inner.dispose();
    outer.dispose();
  },
);
