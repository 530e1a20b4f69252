import assert from "node:assert/strict";
import { wilsonInterval } from "../../../lib/evaluation/metrics/wilson.ts";

Deno.test("wilsonInterval() gives the values of SciPy's proportion_ci", () => {
  // scipy.stats.binomtest(correct, total).proportion_ci(method="wilson")
  const expected: [number, number, number, number][] = [
    [39, 50, 0.6475845, 0.8724608],
    [2, 50, 0.0110389, 0.1346009],
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
  ];
  for (const [correct, total, expectedLow, expectedHigh] of expected) {
    const [low, high] = wilsonInterval(correct, total);
    assert.ok(Math.abs(low - expectedLow) < 1e-6, `${correct} of ${total}: ${low}`);
    assert.ok(Math.abs(high - expectedHigh) < 1e-6, `${correct} of ${total}: ${high}`);
  }
});

Deno.test("wilsonInterval() without images is [0, 1]", () => {
  assert.deepEqual(wilsonInterval(0, 0), [0, 1]);
});
