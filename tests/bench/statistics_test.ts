import assert from "node:assert/strict";
import { median, ratioOf, speedOf } from "./statistics.ts";

Deno.test("median() takes the middle one, or the mean of the two in the middle", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 10, 2]), 3);
  assert.throws(() => median([]), RangeError);
});

Deno.test("speedOf() gives the median of the rounds and the fastest step", () => {
  // Rounds of 2, 4 and 1 seconds a step on average.
  const speed = speedOf([[1, 3], [4, 4], [0.5, 1.5]], 8);
  assert.deepEqual(speed, { median: 4, best: 16 });
});

Deno.test("ratioOf() compares rounds with each other, so that a slow machine cancels out", () => {
  const ours = [[1], [10], [1]];
  const theirs = [[2], [20], [3]];
  assert.equal(ratioOf(ours, theirs), 2);
  assert.equal(ratioOf(theirs, ours), 0.5);
});
