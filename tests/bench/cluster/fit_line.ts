/** What something took for some amount. */
export interface Timing {
  readonly amount: number;
  readonly seconds: number;
}

/** Seconds = constant + amount · gradient. */
export interface Line {
  readonly constant: number;
  readonly gradient: number;
}

/**
 * The line with the least squares of relative errors: a thousandth of a second matters where all is
 * a few of them, and not where it is a second. Neither of its numbers is below zero.
 */
export function fitLine(timings: readonly Timing[]): Line {
  const sums = { weight: 0, amount: 0, square: 0, seconds: 0, product: 0 };
  for (const { amount, seconds } of timings) {
    const weight = 1 / seconds ** 2;
    sums.weight += weight;
    sums.amount += weight * amount;
    sums.square += weight * amount ** 2;
    sums.seconds += weight * seconds;
    sums.product += weight * amount * seconds;
  }
  const { weight, amount, square, seconds, product } = sums;
  const gradient = (weight * product - amount * seconds) / (weight * square - amount ** 2);
  if (gradient <= 0) return { constant: seconds / weight, gradient: 0 };
  const constant = (seconds - gradient * amount) / weight;
  return constant < 0 ? { constant: 0, gradient: product / square } : { constant, gradient };
}
