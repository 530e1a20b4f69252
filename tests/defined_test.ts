import assert from "node:assert/strict";
import { defined } from "../lib/defined.ts";

Deno.test("defined() leaves out what is undefined, and keeps other values that are falsy", () => {
  const options = { seed: 0, name: "", flip: false, best: null, signal: undefined };
  assert.deepEqual(Object.keys(defined(options)), ["seed", "name", "flip", "best"]);
  assert.deepEqual(defined(options), { seed: 0, name: "", flip: false, best: null });
});
