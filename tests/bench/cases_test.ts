import assert from "node:assert/strict";
import { caseName, cases, chosen } from "./cases.ts";

Deno.test("cases hold training and predicting at two sizes, each in two precisions", () => {
  assert.deepEqual(cases.map(caseName), [
    "train-32-float32",
    "train-32-bfloat16",
    "train-224-float32",
    "train-224-bfloat16",
    "predict-32-float32",
    "predict-32-bfloat16",
    "predict-224-float32",
    "predict-224-bfloat16",
  ]);
});

Deno.test("chosen() finds names by their parts, and refuses a word that names nothing", () => {
  assert.deepEqual([...chosen("train-32, start")], [
    "train-32-float32",
    "train-32-bfloat16",
    "start",
  ]);
  assert.throws(() => chosen("train,gpu"), /--cases must name parts of .*\. Received: gpu/);
  assert.throws(() => chosen(""), RangeError);
});
