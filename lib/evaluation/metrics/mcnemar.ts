import { OptionError } from "../../errors.ts";

/** The result of {@linkcode mcnemarTest}. */
export interface McNemarTest {
  /** The number of images that only the first net classifies correctly. */
  readonly b: number;
  /** The number of images that only the second net classifies correctly. */
  readonly c: number;
  /** The two-sided p-value. */
  readonly pValue: number;
  /** How the p-value was computed. */
  readonly method: "exact binomial" | "chi-squared with continuity correction";
  /** The test statistic; absent for the exact test. */
  readonly chiSquared?: number;
}

/** With fewer discordant images the chi-squared distribution is not close enough. */
const minApproximated = 25;

/**
 * Tests whether two nets have the same accuracy on the same images (McNemar 1947; recommended for
 * classifiers by Dietterich 1998). Only images on which exactly one net is right count. With fewer than
 * 25 of them the p-value is that of the exact binomial test, otherwise that of the chi-squared
 * distribution with Edwards' continuity correction (1948).
 *
 * @param b The number of images that only the first net classifies correctly.
 * @param c The number of images that only the second net classifies correctly.
 * @throws {OptionError} If a number is negative or not whole.
 *
 * @example
 * ```ts
 * import { mcnemarTest } from "vgg/evaluation";
 *
 * mcnemarTest(3, 9).pValue; // about 0.146
 * ```
 */
export function mcnemarTest(b: number, c: number): McNemarTest {
  if (![b, c].every((count) => Number.isInteger(count) && count >= 0)) {
    throw new OptionError(`b and c must be whole numbers from 0 on. Received: ${b} and ${c}`);
  }
  if (b + c < minApproximated) return { b, c, pValue: exact(b, c), method: "exact binomial" };
  const chiSquared = Math.max(0, Math.abs(b - c) - 1) ** 2 / (b + c);
  const pValue = erfc(Math.sqrt(chiSquared / 2));
  return { b, c, pValue, method: "chi-squared with continuity correction", chiSquared };
}

/** Twice the probability of `min(b, c)` heads or fewer in `b + c` tosses of a fair coin. */
function exact(b: number, c: number): number {
  let ways = 1, sum = 1;
  for (let heads = 1; heads <= Math.min(b, c); heads++) {
    ways *= (b + c - heads + 1) / heads;
    sum += ways;
  }
  return Math.min(1, 2 * sum / 2 ** (b + c));
}

/** The complementary error function of a number from 0 on (Abramowitz and Stegun 7.1.6 and 7.1.14). */
function erfc(x: number): number {
  const factor = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2) {
    let sum = 0;
    for (let n = 0, term = 2 * x; term > 1e-17; n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 3);
    }
    return 1 - factor * sum;
  }
  let fraction = x;
  for (let n = 100; n > 0; n--) fraction = x + n / 2 / fraction;
  return factor / fraction;
}
