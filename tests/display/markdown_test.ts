import assert from "node:assert/strict";
import { displaySymbol, isShowable } from "../../lib/display/bundle.ts";
import { markdown } from "../../lib/mod.ts";

Deno.test("markdown() shows its text as Markdown, and as it is where there is none", async () => {
  const text = markdown("**12** of 16");
  assert.ok(isShowable(text));
  assert.deepEqual(await text[displaySymbol](), {
    "text/plain": "**12** of 16",
    "text/markdown": "**12** of 16",
  });
  assert.deepEqual(JSON.parse(JSON.stringify(text)), { text: "**12** of 16" });
});
