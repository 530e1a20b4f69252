import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { randomStream as openGenerator } from "./generator.ts";

/** A stream of random numbers that its seeds alone determine. */
export interface RandomStream {
  /** A number in `[low, high)`. */
  uniform(low: number, high: number): number;
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** A number of the normal distribution with mean 0 and standard deviation 1. */
  normal(): number;
}

/**
 * Opens the stream of random numbers that belongs to a list of seeds: (run's seed, epoch, batch),
 * say. Lists that differ anywhere give unrelated streams, the same list the same numbers.
 *
 * @param seeds Whole numbers or words.
 */
export function randomStream(...seeds: readonly (number | string)[]): RandomStream {
  const generator = openGenerator(...seeds);
  const uniform = (low: number, high: number): number =>
    low + (high - low) * uniformFloat64(generator);
  return {
    uniform,
    integer: (low, high) => uniformInt(generator, low, high),
    // Box–Muller; 1 - u keeps the logarithm away from zero.
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
