import assert from "node:assert/strict";
import { planRuns, scaleTo } from "../../lib/paper/plan.ts";
import { published } from "../../lib/paper/published.ts";

Deno.test("planRuns() lists the paper's twelve networks, each after the one that it starts from", () => {
  const plan = planRuns({ shallow: true });
  assert.deepEqual(plan.map(({ name, start }) => [name, start?.kind, start?.from]), [
    ["A-256", undefined, undefined],
    ["A-LRN-256", undefined, undefined],
    ["B-256", "shallow", "A-256"],
    ["C-256", "shallow", "A-256"],
    ["D-256", "shallow", "A-256"],
    ["E-256", "shallow", "A-256"],
    ["C-384", "weights", "C-256"],
    ["D-384", "weights", "D-256"],
    ["E-384", "weights", "E-256"],
    ["C-256-512", "weights", "C-384"],
    ["D-256-512", "weights", "D-384"],
    ["E-256-512", "weights", "E-384"],
  ]);
});

Deno.test("planRuns() tests every line of the paper's tables once", () => {
  const plan = planRuns({ shallow: false });
  const testsOf = (name: string): unknown =>
    plan.find((run) => run.name === name)?.tests.map(({ table, test }) => [table, ...test]);
  assert.deepEqual(testsOf("A-256"), [[3, 256]]);
  assert.deepEqual(testsOf("B-256"), [[3, 256], [4, 224, 256, 288]]);
  assert.deepEqual(testsOf("D-384"), [[3, 384], [4, 352, 384, 416]]);
  assert.deepEqual(testsOf("E-256-512"), [[3, 384], [4, 256, 384, 512]]);
  assert.equal(plan.flatMap(({ tests }) => tests).length, published.length);
  assert.ok(plan.every(({ start }) => start?.kind !== "shallow"));
});

Deno.test("scaleTo() keeps the paper's ratio of scale to crop size", () => {
  assert.deepEqual([224, 256, 384].map((side) => scaleTo(224, side)), [224, 256, 384]);
  assert.deepEqual([224, 256, 384, 512].map((side) => scaleTo(48, side)), [48, 55, 82, 110]);
});
