import assert from "node:assert/strict";
import { fitLine } from "./fit_line.ts";

function timings(...pairs: readonly (readonly [number, number])[]): Parameters<typeof fitLine>[0] {
  return pairs.map(([amount, seconds]) => ({ amount, seconds }));
}

Deno.test("fitLine() finds a line again", () => {
  const { constant, gradient } = fitLine(timings([1, 5], [10, 23], [1000, 2003]));
  assert.ok(
    Math.abs(constant - 3) < 1e-9 && Math.abs(gradient - 2) < 1e-9,
    `${constant}, ${gradient}`,
  );
});

Deno.test("fitLine() weighs errors by the time: a long one may be wrong by more", () => {
  // Nothing near it has a smaller sum of the squares of relative errors.
  const { constant, gradient } = fitLine(timings([0, 1], [1, 2], [2, 3.3]));
  const error = ([c, s]: readonly [number, number]): number =>
    (c - 1) ** 2 + ((c + s) / 2 - 1) ** 2 + ((c + 2 * s) / 3.3 - 1) ** 2;
  const least = error([constant, gradient]);
  for (const [c, s] of [[1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3]] as const) {
    assert.ok(error([constant + c, gradient + s]) > least, `${constant}, ${gradient}`);
  }
});

Deno.test("fitLine() gives no number below zero", () => {
  assert.deepEqual(fitLine(timings([1, 2], [2, 2], [3, 1])).gradient, 0);
  const { constant, gradient } = fitLine(timings([1, 1], [2, 4]));
  assert.equal(constant, 0);
  assert.ok(gradient > 1 && gradient < 2);
});
