import assert from "node:assert/strict";
import { mcnemarTest } from "../../../lib/evaluation/metrics/mcnemar.ts";
import { OptionError } from "../../../lib/errors.ts";

function assertClose(value: number, expected: number): void {
  assert.ok(Math.abs(value - expected) <= 1e-9 * expected, `${value} instead of ${expected}`);
}

// statsmodels 0.15.0: mcnemar([[0, b], [c, 0]], exact=True).pvalue, the same as that of
// binomtest(min(b, c), b + c, 0.5) of SciPy 1.17.1.
const exact: readonly (readonly [b: number, c: number, pValue: number])[] = [
  [0, 0, 1],
  [0, 1, 1],
  [5, 0, 0.0625],
  [3, 9, 0.14599609375],
  [9, 3, 0.14599609375],
  [8, 16, 0.15158963203430176],
  [12, 12, 1],
];

// statsmodels 0.15.0: mcnemar([[0, b], [c, 0]], exact=False, correction=True).
const approximate: readonly (readonly [b: number, c: number, chi: number, pValue: number])[] = [
  [10, 15, 0.64, 0.4237107971667936],
  [24, 1, 19.36, 1.0825087815407719e-05],
  [150, 86, 16.81779661016949, 4.114562281345944e-05],
  [59, 121, 20.67222222222222, 5.450094825427117e-06],
  [400, 401, 0, 1],
  [1000, 700, 52.58882352941176, 4.1122275376223423e-13],
  [0, 300, 298.00333333333333, 8.969795738121836e-67],
];

Deno.test("mcnemarTest() is the exact binomial test for fewer than 25 discordant images", () => {
  for (const [b, c, pValue] of exact) {
    const test = mcnemarTest(b, c);
    assert.equal(test.method, "exact binomial");
    assertClose(test.pValue, pValue);
  }
});

Deno.test("mcnemarTest() gives the chi-squared values of statsmodels from 25 images on", () => {
  for (const [b, c, chi, pValue] of approximate) {
    const test = mcnemarTest(b, c);
    assert.equal(test.method, "chi-squared with continuity correction");
    assertClose(test.chiSquared!, chi);
    assertClose(test.pValue, pValue);
  }
});

Deno.test("mcnemarTest() finds no difference between equal counts", () => {
  // As R's mcnemar.test() does; statsmodels corrects here too and gives 0.84.
  assert.equal(mcnemarTest(13, 13).pValue, 1);
});

Deno.test("mcnemarTest() takes whole numbers alone", () => {
  assert.throws(() => mcnemarTest(-1, 3), OptionError);
  assert.throws(() => mcnemarTest(1.5, 3), OptionError);
});
