import { OptionError } from "../../errors.ts";

/** The 97.5 % quantiles of Student's t distribution with 1 to 10 degrees of freedom. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
/** The 97.5 % quantile of the standard normal distribution, the limit for many degrees of freedom. */
const z = 1.95996;

/** A mean and its 95 % confidence interval. */
export interface MeanInterval {
  /** The mean of the values. */
  readonly mean: number;
  /** The lower end of the interval. */
  readonly low: number;
  /** The upper end of the interval. */
  readonly high: number;
}

/**
 * Computes the mean of a few independent results, such as those of several seeds, and its 95 % confidence
 * interval by Student's t distribution. To compare two methods, give the differences of each pair of
 * results: the interval tells whether the difference is larger than chance if it does not contain 0.
 *
 * @throws {OptionError} If there are fewer than two values.
 *
 * @example
 * ```ts
 * import { meanInterval } from "vgg/evaluation";
 *
 * meanInterval([0.70, 0.72, 0.77]); // mean 0.73, from about 0.64 to 0.82
 * ```
 */
export function meanInterval(values: readonly number[]): MeanInterval {
  const { length } = values;
  if (length < 2) {
    throw new OptionError(`an interval needs two values or more. Received: ${length}`);
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (length - 1);
  const half = quantile(length - 1) * Math.sqrt(variance / length);
  return { mean, low: mean - half, high: mean + half };
}

/** For many degrees of freedom the first terms of an expansion (Abramowitz & Stegun 26.7.5). */
function quantile(freedom: number): number {
  return quantiles[freedom - 1] ??
    z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}
