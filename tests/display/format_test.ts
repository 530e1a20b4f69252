import assert from "node:assert/strict";
import { bar, shellWords } from "../../lib/display/format.ts";

Deno.test("bar() fills a width to an eighth of a character", () => {
  assert.deepEqual([0, 1 / 32, 0.5, 1, 1.2, -1].map((share) => bar(share, 4)), [
    ...["", "▏", "██", "████", "████", ""],
  ]);
});

Deno.test("shellWords() quotes words with special characters", () => {
  assert.equal(shellWords(["a", "b c", "it's", "$(rm)", ""]), `a 'b c' 'it'\\''s' '$(rm)' ''`);
});
