import assert from "node:assert/strict";
import { randomStream } from "../../lib/random/generator.ts";

function draw(...words: (number | string)[]): number[] {
  const generator = randomStream(...words);
  return [1, 2, 3].map(() => generator.next());
}

Deno.test("randomStream() gives the same numbers for the same words", () => {
  assert.deepEqual(draw(42, "fc1"), draw(42, "fc1"));
});

Deno.test("randomStream() tells words apart", () => {
  const words = [[0], [1], [-1], [2 ** 32], [0, 0], ["0"], ["ab", "c"], ["a", "bc"], [1, 0]];
  const streams = words.map((list) => draw(...list).join());
  assert.equal(new Set(streams).size, words.length);
});

Deno.test("randomStream() gives unrelated first numbers for neighbouring seeds", () => {
  const ones = [...Array(1000).keys()].map((seed) => {
    const [first = 0, next = 0] = [randomStream(seed), randomStream(seed + 1)].map((stream) =>
      stream.next()
    );
    return ((first ^ next) >>> 0).toString(2).replaceAll("0", "").length;
  });
  // Of 32 bits 16 differ on average; 0.45 is five standard errors.
  const average = ones.reduce((sum, bits) => sum + bits, 0) / ones.length;
  assert.ok(Math.abs(average - 16) < 0.45, `${average} bits differ`);
});
