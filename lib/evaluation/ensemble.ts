import { resolve } from "@std/path";
import { OptionError } from "../errors.ts";
import type { Run } from "../runs/run.ts";

/**
 * Checks that runs can be evaluated as an ensemble: they must have the same classes in the same order
 * and, unless `data` is given, the same data set.
 *
 * @returns The runs, at least one.
 * @throws {OptionError} If they cannot, or if there is no run.
 */
export function requireEnsemble(runs: readonly Run[], data?: string): [Run, ...Run[]] {
  const [first, ...others] = runs;
  if (!first) throw new OptionError("runs to evaluate must be one or more. Received: none");
  if (new Set(runs.map(({ directory }) => resolve(directory))).size < runs.length) {
    const received = runs.map(({ directory }) => directory).join(", ");
    throw new OptionError(`the runs of an ensemble must differ. Received: ${received}`);
  }
  for (const other of others) {
    requireSame(first, other, "the same classes in the same order", classesOf);
    if (data === undefined) {
      requireSame(first, other, "the same data set unless one is given", sourceOf);
    }
  }
  return [first, ...others];
}

function requireSame(first: Run, other: Run, what: string, describe: (run: Run) => string): void {
  const [expected, received] = [describe(first), describe(other)];
  if (expected === received) return;
  throw new OptionError(
    `the runs of an ensemble must have ${what}: ${first.directory} has ${expected}. ` +
      `Received: ${other.directory} with ${received}`,
  );
}

function classesOf({ record }: Run): string {
  return record.data.classes.map(({ id }) => id).join(",");
}

function sourceOf({ record }: Run): string {
  return record.data.source;
}
