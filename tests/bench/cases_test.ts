import assert from "node:assert/strict";
import { chosen } from "./cases.ts";

Deno.test("chosen() finds names by their parts, and refuses a word that names nothing", () => {
  assert.deepEqual([...chosen("train-32, start")], [
    "train-32-float32",
    "train-32-bfloat16",
    "start",
  ]);
  assert.throws(() => chosen("train,gpu"), /--cases must name parts of .*\. Received: gpu/);
  assert.throws(() => chosen(""), RangeError);
});
