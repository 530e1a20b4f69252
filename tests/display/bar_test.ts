import assert from "node:assert/strict";
import { bar } from "../../lib/display/bar.ts";

Deno.test("bar() fills a width to an eighth of a character", () => {
  assert.deepEqual([0, 1 / 32, 0.5, 1, 1.2, -1].map((share) => bar(share, 4)), [
    ...["", "▏", "██", "████", "████", ""],
  ]);
});
