import assert from "node:assert/strict";
import { bitCount, maxDistance, nearPairs } from "../../../lib/data/similar/near_pairs.ts";
import { randomStream } from "../../../lib/random/stream.ts";

/** Random hashes; every third differs from the one before it in 0, 1, 2 … bits. */
function someHashes(length: number): Uint32Array {
  const random = randomStream("hashes");
  const hashes = new Uint32Array(2 * length);
  for (let index = 0; index < length; index++) {
    const isNear = index % 3 === 2;
    for (const part of [0, 1]) {
      hashes[2 * index + part] = isNear
        ? hashes[2 * index - 2 + part]!
        : random.integer(0, 2 ** 32 - 1);
    }
    const bits = new Set<number>();
    while (isNear && bits.size < index % 20) bits.add(random.integer(0, 63));
    for (const bit of bits) hashes[2 * index + (bit >> 5)]! ^= 1 << (bit & 31);
  }
  return hashes;
}

Deno.test("nearPairs() finds the pairs that comparing each with each finds, once each", () => {
  const length = 900, hashes = someHashes(length);
  const expected: string[] = [];
  for (let one = 0; one < length; one++) {
    for (let other = one + 1; other < length; other++) {
      const [high, low] = [0, 1].map((part) =>
        bitCount(hashes[2 * one + part]! ^ hashes[2 * other + part]!)
      );
      if (high! + low! <= maxDistance) expected.push(`${one} ${other}`);
    }
  }
  const found = [...nearPairs(hashes)].map((pair) => pair.join(" "));
  assert.ok(expected.length > 150, `${expected.length} pairs`);
  assert.deepEqual(found.sort(), expected.sort());
});

Deno.test("nearPairs() of many far hashes looks up few of them", () => {
  const random = randomStream("far");
  const hashes = Uint32Array.from({ length: 60_000 }, () => random.integer(0, 2 ** 32 - 1));
  // Of 450 million pairs, chance makes 8.4e-9 near: a few. Comparing them all would take minutes.
  assert.ok([...nearPairs(hashes)].length < 40);
});
