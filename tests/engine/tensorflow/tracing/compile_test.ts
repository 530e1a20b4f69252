import assert from "node:assert/strict";
import { compile } from "../../../../lib/engine/compile.ts";
import { tf } from "../../../../lib/engine/tf.ts";
import { assertClose } from "../../../assert_close.ts";
import { leavesNothing } from "./support.ts";

/** Asserts that a compiled function returns in each call what the function itself returns. */
async function assertSameAsPlain(
  fn: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor,
  tolerance = 1e-6,
): Promise<void> {
  const compiled = compile(fn);
  for (let call = 1; call <= 4; call++) {
    const x = tf.tensor2d([[call, 2], [3, -4 * call]]);
    const y = tf.tensor1d([0.5, call]);
    const [plain, sync, asynchronous] = [
      tf.tidy(() => fn(x, y)),
      compiled(x, y),
      await compiled.callAsync(x, y),
    ];
    assert.deepEqual(sync.shape, plain.shape);
    assert.equal(sync.dtype, plain.dtype);
    assertClose(sync, plain, tolerance);
    assertClose(asynchronous, plain, tolerance);
    tf.dispose([x, y, plain, sync, asynchronous]);
  }
  compiled.dispose();
}

leavesNothing(
  "compile() returns what the function returns, with new arguments in each call",
  async () => {
    await assertSameAsPlain((x, y) => x.mul(y).add(1).relu());
    await assertSameAsPlain((x, y) =>
      tf.matMul(x as tf.Tensor2D, y.reshape([2, 1]) as tf.Tensor2D)
    );
    await assertSameAsPlain((x, y) => x.softmax().mul(y).sum(0).mean());
  },
);

leavesNothing("compile() traces ops that take lists", async () => {
  await assertSameAsPlain((x, y) => tf.concat([x, x.mul(2), tf.stack([y, y])], 1));
  await assertSameAsPlain((x, y) => tf.addN([x, x.square(), tf.stack([y, y])]));
  await assertSameAsPlain((x) => tf.einsum("ij,jk->ik", x, x));
});

leavesNothing(
  "compile() traces ops of other types, and integer and boolean results",
  async () => {
    await assertSameAsPlain((x) => x.argMax(1));
    await assertSameAsPlain((x) => x.greater(0));
    await assertSameAsPlain((x, y) => tf.oneHot(x.argMax(1), 3).toFloat().mul(y.expandDims(1)));
  },
);

leavesNothing("compile() traces gradients", async () => {
  await assertSameAsPlain((x, y) => tf.grad((z) => z.square().mul(y).relu().sum())(x));
});

leavesNothing("compile() returns arrays and objects of tensors as the function does", () => {
  const pair = compile((x: tf.Tensor) => [x.add(1), x.argMax()]);
  const named = compile((x: tf.Tensor) => ({ twice: x.mul(2), same: x }));
  const nothing = compile((_: tf.Tensor): tf.Tensor[] => []);
  const x = tf.tensor1d([1, 3]);
  const [more, top] = pair(x);
  assertClose(more, [2, 4], 0);
  assertClose(top, [1], 0);
  const { twice, same } = named(x);
  assertClose(twice, [2, 6], 0);
  assertClose(same, [1, 3], 0);
  assert.deepEqual(nothing(x), []);
  tf.dispose([x, more!, top!, twice!, same!]);
  for (const compiled of [pair, named, nothing]) compiled.dispose();
});

leavesNothing("compile() takes the same tensor as two arguments, and different ones later", () => {
  const minus = compile((x: tf.Tensor, y: tf.Tensor) => x.sub(y));
  const [x, y] = [tf.tensor1d([3, 4]), tf.tensor1d([1, 1])];
  const [none, some] = [minus(x, x), minus(x, y)];
  assertClose(none, [0, 0], 0);
  assertClose(some, [2, 3], 0);
  tf.dispose([x, y, none, some]);
  minus.dispose();
});

leavesNothing(
  "compile() retraces for other shapes and dtypes, and keeps the old traces",
  () => {
    let runs = 0;
    const double = compile((x: tf.Tensor) => {
      runs += 1;
      return x.mul(2);
    });
    const results = [[1, 2], [1, 2, 3], [4, 5], [7, 8, 9]].map((values) => {
      const [x, whole] = [tf.tensor1d(values), tf.tensor1d(values, "int32")];
      const [result, integers] = [double(x), double(whole)];
      const numbers = [Array.from(result.dataSync()), Array.from(integers.dataSync())];
      tf.dispose([x, whole, result, integers]);
      return numbers;
    });
    assert.deepEqual(results[3], [[14, 16, 18], [14, 16, 18]]);
    // Four signatures, each traced in its first call and verified in its second.
    assert.equal(runs, 8);
    double.dispose();
  },
);

leavesNothing(
  "dispose() lets running calls end, and later calls throw",
  async () => {
    const double = compile((x: tf.Tensor) => x.mul(2));
    const x = tf.ones([64, 64]);
    const running = double.callAsync(x);
    double.dispose();
    const result = await running;
    assert.equal(result.dataSync()[0], 2);
    assert.throws(() => double(x), /disposed of/);
    await assert.rejects(double.callAsync(x), /disposed of/);
    tf.dispose([x, result]);
  },
);

leavesNothing("callAsync() leaves the event loop responsive", async () => {
  const power = compile((x: tf.Tensor) => {
    let product = x as tf.Tensor2D;
    for (let times = 0; times < 40; times++) product = tf.matMul(product, x as tf.Tensor2D);
    return product;
  });
  const x = tf.fill([700, 700], 1 / 700);
  tf.dispose(power(x));
  let turns = 0;
  const timer = setInterval(() => turns += 1, 1);
  const result = await power.callAsync(x);
  clearInterval(timer);
  assert.ok(turns > 0, "no timer ran");
  assert.ok(Math.abs(result.dataSync()[0]! * 700 - 1) < 1e-3);
  tf.dispose([x, result]);
  power.dispose();
});

leavesNothing("in bfloat16, ops that only move values do not round them", () => {
  const values = Float32Array.of(1 / 3, 2 / 3, 1 / 7, 6 / 7);
  const move = compile(
    (x: tf.Tensor) =>
      tf.concat([x.reshape([4]), x.transpose().reshape([4]).slice(1, 2)]).pad([[1, 0]]),
    { precision: "bfloat16" },
  );
  const x = tf.tensor2d(values, [2, 2]);
  const moved = move(x);
  const [a, b, c, d] = values;
  assert.deepEqual(moved.dataSync(), Float32Array.of(0, a!, b!, c!, d!, c!, b!));
  tf.dispose([x, moved]);
  move.dispose();
});

leavesNothing(
  "without onMessage, a function that keeps retracing is reported on the console",
  () => {
    const lines: unknown[] = [];
    const original = Object.getOwnPropertyDescriptor(console, "warn")!;
    Object.defineProperty(console, "warn", {
      ...original,
      value: (line: unknown) => lines.push(line),
    });
    const double = compile((x: tf.Tensor) => x.mul(2));
    try {
      for (let length = 1; length <= 6; length++) {
        const x = tf.ones([length]);
        tf.dispose([x, double(x)]);
      }
    } finally {
      Object.defineProperty(console, "warn", original);
      double.dispose();
    }
    assert.equal(lines.length, 1);
    assert.match(`${lines[0]}`, /^compile\(\) has retraced /);
  },
);
