import assert from "node:assert/strict";
import { randomStream, shuffle } from "../../lib/random/stream.ts";

Deno.test("randomStream() gives the same numbers as ever: orders and augmentations depend on them", () => {
  const random = randomStream("crop", 7, 2);
  assert.equal(random.uniform(-1, 1), -0.5479991171694225);
  assert.equal(random.integer(0, 1000), 553);
  assert.equal(random.normal(), 1.5060025257683847);
  const order = Uint32Array.from({ length: 8 }, (_, index) => index);
  shuffle(order, randomStream("order", 1, 1));
  assert.deepEqual([...order], [0, 6, 4, 2, 1, 5, 7, 3]);
});

Deno.test("randomStream() gives the same numbers for the same seeds only", () => {
  const draw = (...seeds: (number | string)[]): number => randomStream(...seeds).uniform(0, 1);
  assert.equal(draw("crop", 1, 2), draw("crop", 1, 2));
  const others = [draw("crop", 1, 2), draw("crop", 2, 1), draw("flip", 1, 2), draw(1, 2), draw(1)];
  assert.equal(new Set(others).size, others.length);
});

Deno.test("randomStream() draws the distributions it says", () => {
  const random = randomStream(3);
  const moments = (draw: () => number): [number, number] => {
    const values = Array.from({ length: 20_000 }, draw);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return [mean, variance];
  };
  const near = (values: number[], expected: number[]): void =>
    values.forEach((value, index) => assert.ok(Math.abs(value - (expected[index] ?? 0)) < 0.04));
  near(moments(() => random.uniform(-1, 1)), [0, 1 / 3]);
  near(moments(() => random.normal()), [0, 1]);
  near(moments(() => random.integer(0, 2)), [1, 2 / 3]);
});
