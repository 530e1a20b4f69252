/**
 * The middle one, or the mean of the two in the middle.
 *
 * @throws {RangeError} Where there is none.
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  if (high === undefined || low === undefined) throw new RangeError("median of no values");
  return (low + high) / 2;
}

/** How fast someone was, in images a second. */
export interface Speed {
  /** Of the rounds. */
  readonly median: number;
  /** Of all steps. */
  readonly best: number;
}

/** What the steps of each round took, as speeds. */
export function speedOf(rounds: readonly (readonly number[])[], batch: number): Speed {
  return {
    median: median(rounds.map((seconds) => batch / mean(seconds))),
    best: batch / Math.min(...rounds.flat()),
  };
}

/**
 * How many times as fast one was as another, as the median over the rounds: the machine's moods last
 * longer than a round, and so cancel out.
 */
export function ratioOf(
  one: readonly (readonly number[])[],
  other: readonly (readonly number[])[],
): number {
  const rounds = one.slice(0, other.length);
  return median(rounds.map((seconds, round) => mean(other[round] ?? []) / mean(seconds)));
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
