import assert from "node:assert/strict";
import { randomGenerator } from "../../lib/random/generator.ts";
import { fillNormal } from "../../lib/vgg/fill_normal.ts";

const count = 1_000_000;
const values = new Float32Array(count);
fillNormal(values, 1, randomGenerator(42));

Deno.test("fillNormal() has the moments of a normal distribution", () => {
  const moment = (power: number): number =>
    values.reduce((sum, value) => sum + value ** power, 0) / count;
  // Five standard errors of each moment: √(1, 2, 15, 96 / count).
  const expected = [0, 1, 0, 3];
  const errors = [1, 2, 15, 96].map((variance) => 5 * Math.sqrt(variance / count));
  expected.forEach((value, index) => {
    const difference = Math.abs(moment(index + 1) - value);
    assert.ok(difference < (errors[index] ?? 0), `moment ${index + 1} is off by ${difference}`);
  });
});

Deno.test("fillNormal() has the tails of a normal distribution", () => {
  // P(|z| > x), from a table; beyond 3.4426 the ziggurat uses another method.
  const table = [[0.5, 0.617075], [1, 0.317311], [2, 0.0455003], [3, 0.0026998], [
    3.5,
    0.000465258,
  ]];
  for (const [edge = 0, probability = 0] of table) {
    const frequency = values.filter((value) => Math.abs(value) > edge).length / count;
    const error = 5 * Math.sqrt(probability * (1 - probability) / count);
    assert.ok(Math.abs(frequency - probability) < error, `P(|z| > ${edge}) is ${frequency}`);
  }
});

Deno.test("fillNormal() scales by the standard deviation", () => {
  const scaled = new Float32Array(100);
  fillNormal(scaled, 0.5, randomGenerator(42));
  assert.deepEqual(scaled, values.slice(0, 100).map((value) => value * 0.5));
});
