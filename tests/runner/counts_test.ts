import assert from "node:assert/strict";
import { addCounts, countLine, countReport, countRun } from "./counts.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="5" failures="2" errors="0" time="0.1">
  <testsuite name="./a_test.ts" tests="4" disabled="1" errors="0" failures="2">
    <testcase name="one" time="0.1"></testcase>
    <testcase name="two &amp; &lt;failure&gt;" time="0.1">
      <failure message="Uncaught &lt;skipped/&gt;">text</failure>
    </testcase>
    <testcase name="three" time="0.1"><failure message=""></failure></testcase>
    <testcase name="four" time="0.0"><skipped/></testcase>
  </testsuite>
  <testsuite name="./b_test.ts" tests="1" disabled="0" errors="0" failures="0">
    <testcase name="five" time="0.1"></testcase>
  </testsuite>
  <testsuite name="./c_test.ts" tests="0" disabled="0" errors="0" failures="0"></testsuite>
</testsuites>`;

const empty = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="0" failures="0" errors="0" time="0.000">
</testsuites>`;

Deno.test("countReport() tells passed, failed and skipped cases apart", () => {
  assert.deepEqual(countReport(report), { passed: 2, failed: 2, skipped: 1 });
});

Deno.test("countReport() finds nothing in a report without cases", () => {
  assert.deepEqual(countReport(empty), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("countReport() refuses half a report", () => {
  assert.throws(() => countReport(report.slice(0, 500)));
});

Deno.test("countRun() takes a whole report as it is", () => {
  assert.deepEqual(countRun(false, report), { passed: 2, failed: 2, skipped: 1 });
});

Deno.test("countRun() never makes a pass of a run that left no proof", () => {
  const failure = { passed: 0, failed: 1, skipped: 0 };
  assert.deepEqual(countRun(true, undefined), failure);
  assert.deepEqual(countRun(true, empty), failure);
  assert.deepEqual(countRun(true, report.slice(0, 500)), failure);
  assert.deepEqual(countRun(false, undefined), failure);
});

Deno.test("countRun() counts a bad status that no case explains", () => {
  const passed = report.replaceAll(/<failure.*<\/failure>/g, "");
  assert.deepEqual(countRun(true, passed), { passed: 4, failed: 0, skipped: 1 });
  assert.deepEqual(countRun(false, passed), { passed: 4, failed: 1, skipped: 1 });
});

Deno.test("countLine() names skipped tests where there are any", () => {
  const counts = addCounts([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 2, failed: 1, skipped: 0 },
  ]);
  assert.equal(countLine(counts), "3 passed, 1 failed");
  assert.equal(countLine({ ...counts, skipped: 4 }), "3 passed, 1 failed, 4 skipped");
});
