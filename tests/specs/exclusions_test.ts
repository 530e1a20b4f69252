import assert from "node:assert/strict";
import { type Exclusion, judge, plainName } from "./exclusions.ts";
import type { SpecResult } from "./jasmine.ts";
import { nodeExclusions } from "./node_exclusions.ts";

const result = (name: string, ...failures: string[]): SpecResult => ({
  name,
  status: failures.length > 0 ? "failed" : "passed",
  failures,
});
const results = [
  result("abs test-tensorflow {} basic"),
  result("pool test-tensorflow {} max", "no such padding"),
  result("pool test-tensorflow {} avg", "no such padding", "Arrays differ"),
];
const padding: Exclusion = { reason: "padding", specs: ["pool"], failure: /padding/ };

Deno.test("plainName() leaves the environment out", () => {
  assert.equal(plainName("pool test-wasm {} max x=[1]"), "pool max x=[1]");
  assert.equal(plainName('pool test-wasm {"A":true} max'), "pool max");
  assert.equal(plainName("util works"), "util works");
});

Deno.test("judge() excuses specs that fail as their exclusion says, and no others", () => {
  const verdict = judge([...results, { name: "b", status: "pending", failures: [] }], [padding]);
  assert.deepEqual(verdict.counts, { passed: 1, failed: 1, skipped: 2 });
  assert.deepEqual(verdict.failed.map(({ name }) => name), ["pool test-tensorflow {} avg"]);
  assert.deepEqual(verdict.idle, []);
});

Deno.test("judge() counts an excluded spec that passes, and names the idle exclusion", () => {
  const verdict = judge([result("pool test-tensorflow {} max")], [padding]);
  assert.deepEqual(verdict.counts, { passed: 1, failed: 0, skipped: 0 });
  assert.deepEqual(verdict.idle, [padding]);
});

Deno.test("judge() excuses only what may be excused", () => {
  assert.equal(judge(results, [padding], ["pool test-tensorflow {} avg"]).counts.failed, 2);
  assert.equal(judge(results, [padding], ["max"]).counts.failed, 1);
});

Deno.test("nodeExclusions() reads tfjs-node's list whole", async () => {
  const names = await nodeExclusions();
  assert.ok(names.length > 80);
  assert.ok(names.includes("bitwiseAnd") && names.includes("version version"));
});
