import assert from "node:assert/strict";
import { plainTable } from "../../lib/display/table.ts";
import { published } from "../../lib/paper/published.ts";
import type { TestResult } from "../../lib/paper/results.ts";
import { formatOrders, resultsTable } from "../../lib/paper/tables.ts";
import { exampleResults } from "./example_results.ts";

Deno.test("resultsTable() shows the paper's errors beside the miniature's", () => {
  const lines = plainTable(resultsTable(3, exampleResults)).split("\n");
  assert.equal(lines.length, 2 + 12);
  assert.match(lines[2]!, /^256 +256 +A +45\.0 +40\.7 to 49\.4 +5\.0 +29\.6 +10\.4$/);
  assert.match(lines.at(-1)!, /^\[256;512\] +384 +E .* 25\.5 +8\.0$/);
  const several = plainTable(resultsTable(4, exampleResults));
  assert.match(several, /^384 +\{352,384,416\} +D .* 26\.5 +8\.6$/m);
});

Deno.test("resultsTable() leaves out top-5 errors of five classes or fewer", () => {
  const few = exampleResults.map((result) => ({ ...result, classes: 5 }));
  const line = plainTable(resultsTable(3, few)).split("\n")[2]!;
  assert.match(line, /^256 +256 +A +45\.0 +40\.7 to 49\.4 +29\.6 +10\.4$/);
});

Deno.test("formatOrders() orders the networks at the smallest scale, ours and the paper's", () => {
  const worst = (result: TestResult): TestResult =>
    result.net === "D" ? { ...result, top1: 99 } : result;
  assert.deepEqual(
    formatOrders(exampleResults.map(worst)).map((line) => line.split(":")[1]!.trim()),
    [
      "E, C, B, A-LRN, A, D",
      "D, E, C, B, A, A-LRN",
    ],
  );
});

Deno.test("the published errors are those of the paper's tables 3 and 4", () => {
  const sum = (table: number): number =>
    published.filter((line) => line.table === table).reduce((total, { top1 }) => total + top1, 0);
  // Added up by hand from the paper: 170.4 + 81.8 + 78.4, and 109.4 + 81.0 + 75.9.
  assert.ok(Math.abs(sum(3) - 330.6) < 1e-9, String(sum(3)));
  assert.ok(Math.abs(sum(4) - 266.3) < 1e-9, String(sum(4)));
});
