import assert from "node:assert/strict";
import { randomUniform } from "../../../lib/engine/ops/random_uniform.ts";
import { tf } from "../../../lib/engine/tf.ts";

await tf.setBackend("cpu");

const seedOf = (first: number, second: number): tf.Tensor => tf.tensor1d([first, second], "int32");

Deno.test("randomUniform() is uniform over [0, 1)", () => {
  const values = randomUniform([100, 200], seedOf(42, 0)).dataSync();
  const tenths = Array<number>(10).fill(0);
  for (const value of values) tenths[Math.floor(value * 10)]! += 1;
  assert.equal(tenths.length, 10);
  // 2,000 are expected in each, within five standard deviations.
  for (const count of tenths) assert.ok(Math.abs(count - 2000) < 5 * Math.sqrt(1800), `${tenths}`);
});

Deno.test("randomUniform() depends only on its seed", () => {
  const draw = (first: number, second: number): number[] => [
    ...randomUniform([8], seedOf(first, second)).dataSync(),
  ];
  assert.deepEqual(draw(1, 2), draw(1, 2));
  assert.notDeepEqual(draw(1, 2), draw(1, 3));
  assert.notDeepEqual(draw(1, 2), draw(2, 2));
  assert.notDeepEqual(draw(1, 2), draw(2, 1));
});

Deno.test("randomUniform() uses a backend's kernel", () => {
  const kernelName = "StatelessRandomUniform";
  tf.registerKernel({
    kernelName,
    backendName: "cpu",
    kernelFunc: ({ inputs, attrs }) => {
      const seed = inputs.seed as tf.Tensor;
      return tf.fill(attrs?.shape as number[], Number(seed.dataSync()[1]) / 8);
    },
  });
  try {
    const result = randomUniform([2, 3], seedOf(0, 4));
    assert.deepEqual(result.shape, [2, 3]);
    assert.equal(result.dataSync()[0], 0.5);
  } finally {
    tf.unregisterKernel(kernelName, "cpu");
  }
});

Deno.test("randomUniform() refuses a seed of another shape or type", () => {
  assert.throws(
    () => randomUniform([1], tf.tensor1d([1, 2, 3], "int32")),
    /int32 tensor of shape \[2\]\. Received: int32 \[3\]/,
  );
  assert.throws(() => randomUniform([1], tf.tensor1d([1, 2])), /Received: float32 \[2\]/);
});
