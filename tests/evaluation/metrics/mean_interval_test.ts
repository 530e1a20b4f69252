import assert from "node:assert/strict";
import { meanInterval } from "../../../lib/evaluation/metrics/mean_interval.ts";

Deno.test("meanInterval() gives the interval of R's t.test() for Student's sleep data", () => {
  // t.test(Pair(extra[group == 2], extra[group == 1]) ~ 1, data = sleep)
  const differences = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
  const { mean, low, high } = meanInterval(differences);
  assert.ok(Math.abs(mean - 1.58) < 1e-9);
  assert.ok(Math.abs(low - 0.7001142) < 1e-3, `${low}`);
  assert.ok(Math.abs(high - 2.4598858) < 1e-3, `${high}`);
});

Deno.test("meanInterval() uses Student's t also for many values", () => {
  const halfWidthPerError = (length: number): number => {
    const values = Array.from({ length }, (_, index) => index);
    const { high, mean } = meanInterval(values);
    return (high - mean) / Math.sqrt((length + 1) / 12); // The standard error of 0, 1, …, length - 1.
  };
  // A table of Student's t: the 97.5 % quantiles for 11, 15 and 30 degrees of freedom.
  for (const [freedom, t] of [[11, 2.201], [15, 2.131], [30, 2.042]] as const) {
    assert.ok(Math.abs(halfWidthPerError(freedom + 1) - t) < 3e-3, `${freedom}`);
  }
});

Deno.test("meanInterval() rejects fewer than two values", () => {
  assert.throws(() => meanInterval([0.5]), /^OptionError: .*two values or more\. Received: 1$/);
});
