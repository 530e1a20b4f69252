import assert from "node:assert/strict";
import { randomStream } from "../../lib/random/stream.ts";

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
