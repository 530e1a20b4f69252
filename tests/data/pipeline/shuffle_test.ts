import assert from "node:assert/strict";
import { shuffledIndices } from "../../../lib/data/pipeline/shuffle.ts";

Deno.test("shuffledIndices() is a permutation that depends on seed and epoch", () => {
  const first = shuffledIndices(1000, 42, 1);
  assert.deepEqual([...first].sort((one, other) => one - other), [...Array(1000).keys()]);
  assert.deepEqual(shuffledIndices(1000, 42, 1), first);
  assert.notDeepEqual(shuffledIndices(1000, 42, 2), first);
  assert.notDeepEqual(shuffledIndices(1000, 43, 1), first);
});

Deno.test("shuffledIndices() gives every order equally often", () => {
  // 6,000 draws of 3 samples: each of the 6 orders is expected 1,000 times, within 5 sigma.
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 6000; epoch++) {
    const key = shuffledIndices(3, 7, epoch).join("");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 150, `${count}`);
});

Deno.test("shuffledIndices() handles lengths 0 and 1", () => {
  assert.deepEqual([...shuffledIndices(0, 1, 1)], []);
  assert.deepEqual([...shuffledIndices(1, 1, 1)], [0]);
});
