import assert from "node:assert/strict";
import { wilsonInterval } from "../../../lib/evaluation/metrics/wilson.ts";

Deno.test("wilsonInterval() gives the values of SciPy's proportion_ci", () => {
  // scipy.stats.binomtest(correct, total).proportion_ci(method="wilson")
  const known: [number, number, number, number][] = [
    [39, 50, 0.6475845, 0.8724608],
    [2, 50, 0.0110389, 0.1346009],
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
  ];
  for (const [correct, total, low, high] of known) {
    const [ours, theirs] = wilsonInterval(correct, total);
    assert.ok(Math.abs(ours - low) < 1e-6, `${correct} of ${total}: ${ours}`);
    assert.ok(Math.abs(theirs - high) < 1e-6, `${correct} of ${total}: ${theirs}`);
  }
});

Deno.test("wilsonInterval() of nothing is everything", () => {
  assert.deepEqual(wilsonInterval(0, 0), [0, 1]);
});
