import assert from "node:assert/strict";
import { shellWords } from "../../lib/display/shell_words.ts";

Deno.test("shellWords() quotes what a shell would take apart", () => {
  assert.equal(shellWords(["a", "b c", "it's", "$(rm)", ""]), `a 'b c' 'it'\\''s' '$(rm)' ''`);
});
