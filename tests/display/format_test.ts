import assert from "node:assert/strict";
import { bar, formatFlops, plural, shellWords } from "../../lib/display/format.ts";

Deno.test("bar() fills a width to an eighth of a character", () => {
  assert.deepEqual([0, 1 / 32, 0.5, 1, 1.2, -1].map((share) => bar(share, 4)), [
    ...["", "▏", "██", "████", "████", ""],
  ]);
});

Deno.test("shellWords() quotes words with special characters", () => {
  const words = ["a", "b c", "it's", "$(rm)", ""];
  assert.equal(shellWords(words, "linux"), `a 'b c' 'it'\\''s' '$(rm)' ''`);
});

Deno.test("shellWords() quotes Windows' paths so that each of its shells takes them", () => {
  const words = ["C:/a", "runs\\a", "C:\\my photos\\", "it's", "50%", "%TEMP% $x", ""];
  assert.equal(
    shellWords(words, "windows"),
    `C:/a "runs\\a" "C:\\my photos\\\\" "it's" 50% '%TEMP% $x' ""`,
  );
});

Deno.test("formatFlops() takes the unit that leaves few digits", () => {
  assert.deepEqual([3.54e14, 2.5e16, 7.09e11, 9e8, 12].map(formatFlops), [
    ...["0.354 PFLOP", "25 PFLOP", "0.709 TFLOP", "0.9 GFLOP", "0.000012 MFLOP"],
  ]);
});

Deno.test("plural() counts one thing in the singular", () => {
  assert.deepEqual(
    [plural(1, "epoch"), plural(0, "epoch"), plural(2, "epoch"), plural(1, "class", "classes")],
    ["1 epoch", "0 epochs", "2 epochs", "1 class"],
  );
  assert.equal(plural(3, "class", "classes"), "3 classes");
});
