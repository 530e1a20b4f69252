import { resolve } from "@std/path";
import type { Run } from "../runs/run.ts";

/**
 * Makes sure that runs can be evaluated as one: that they know the same classes, and the same data
 * unless other data is given.
 *
 * @returns The runs, one at least.
 * @throws {RangeError} Where they cannot.
 */
export function requireEnsemble(runs: readonly Run[], data?: string): [Run, ...Run[]] {
  const [first, ...others] = runs;
  if (!first) throw new RangeError("runs to evaluate must be one or more. Received: none");
  if (new Set(runs.map(({ directory }) => resolve(directory))).size < runs.length) {
    const received = runs.map(({ directory }) => directory).join(", ");
    throw new RangeError(`the runs of an ensemble must differ. Received: ${received}`);
  }
  for (const other of others) {
    requireSame(first, other, "the same classes in the same order", classesOf);
    if (data === undefined) requireSame(first, other, "one data set, or be given one", sourceOf);
  }
  return [first, ...others];
}

function requireSame(one: Run, other: Run, what: string, tell: (run: Run) => string): void {
  const [ours, theirs] = [tell(one), tell(other)];
  if (ours === theirs) return;
  throw new RangeError(
    `the runs of an ensemble must have ${what}: ${one.directory} has ${ours}. ` +
      `Received: ${other.directory} with ${theirs}`,
  );
}

function classesOf({ record }: Run): string {
  return record.data.classes.map(({ id }) => id).join(",");
}

function sourceOf({ record }: Run): string {
  return record.data.source;
}
