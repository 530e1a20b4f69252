import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { randomGenerator } from "./generator.ts";

/** A stream of random numbers that only its seeds determine. */
export interface RandomStream {
  /** A number in `[low, high)`. */
  uniform(low: number, high: number): number;
  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** A number from the normal distribution with mean 0 and standard deviation 1. */
  normal(): number;
}

/**
 * Opens the stream of random numbers of a list of seeds, such as the run's seed, an epoch and a batch.
 * The same list gives the same numbers, lists that differ anywhere unrelated ones.
 *
 * @param seeds Integers or words.
 */
export function randomStream(...seeds: readonly (number | string)[]): RandomStream {
  const generator = randomGenerator(...seeds);
  const uniform = (low: number, high: number): number =>
    low + (high - low) * uniformFloat64(generator);
  return {
    uniform,
    integer: (low, high) => uniformInt(generator, low, high),
    // Box–Muller; 1 - u keeps the logarithm finite. The ziggurat of the initial weights is faster but
    // gives other numbers: with it, the images of drawn10 and the augmented colors would change.
    normal: () =>
      Math.sqrt(-2 * Math.log(1 - uniform(0, 1))) * Math.cos(2 * Math.PI * uniform(0, 1)),
  };
}

/** Shuffles in place (Fisher–Yates), so that every order is equally likely. */
export function shuffle(values: Uint32Array, random: RandomStream): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = random.integer(0, last);
    const kept = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = kept;
  }
}
