import assert from "node:assert/strict";
import { randomGenerator } from "../../lib/random/generator.ts";

function draw(...words: (number | string)[]): number[] {
  const generator = randomGenerator(...words);
  return [1, 2, 3].map(() => generator.next());
}

Deno.test("randomGenerator() gives the same numbers as ever: weights and drawn images depend on them", () => {
  assert.deepEqual(draw(42, "fc1"), [-1993846503, -47003841, 344403936]);
  assert.deepEqual(draw(-1.5e10, "ö").slice(0, 2), [86705714, 411190717]);
});

Deno.test("randomGenerator() distinguishes words", () => {
  const words = [[0], [1], [-1], [2 ** 32], [0, 0], ["0"], ["ab", "c"], ["a", "bc"], [1, 0]];
  const streams = words.map((list) => draw(...list).join());
  assert.equal(new Set(streams).size, words.length);
});

Deno.test("randomGenerator() gives unrelated first numbers for adjacent seeds", () => {
  const ones = [...Array(1000).keys()].map((seed) => {
    const [first = 0, next = 0] = [randomGenerator(seed), randomGenerator(seed + 1)].map((stream) =>
      stream.next()
    );
    return ((first ^ next) >>> 0).toString(2).replaceAll("0", "").length;
  });
  // Of 32 bits 16 differ on average; 0.45 is five standard errors.
  const average = ones.reduce((sum, bits) => sum + bits, 0) / ones.length;
  assert.ok(Math.abs(average - 16) < 0.45, `${average} bits differ`);
});
