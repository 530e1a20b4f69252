import type { Counts } from "../runner/counts.ts";
import type { SpecResult } from "./jasmine.ts";

/** Specs that need not pass. They run all the same: one that passes counts as passed. */
export interface Exclusion {
  readonly reason: string;
  /** How the names of the specs begin, the environment's name left out. */
  readonly specs?: readonly string[];
  /** What all failures of the specs must match. */
  readonly failure?: RegExp;
}

/** How the specs of a run ended, the exclusions taken into account. */
export interface Verdict {
  readonly counts: Counts;
  /** The failures that nothing excuses. */
  readonly failed: readonly SpecResult[];
  /** The failures that an exclusion excuses. */
  readonly excused: readonly { readonly result: SpecResult; readonly exclusion: Exclusion }[];
  /** The exclusions that excused nothing. */
  readonly idle: readonly Exclusion[];
}

/** A spec's name without the environment that TensorFlow.js puts into it. */
export function plainName(name: string): string {
  return name.replace(/ test-\w+ \{.*?\}/, "");
}

/**
 * Counts a run's specs: failures that are excused, and specs that do not apply, are skipped.
 *
 * @param excusable Parts of the full names of the specs that may be excused. Default: all.
 */
export function judge(
  results: readonly SpecResult[],
  exclusions: readonly Exclusion[],
  excusable: readonly string[] = [""],
): Verdict {
  const failures = results.filter(({ status }) => status === "failed").map((result) => ({
    result,
    exclusion: excusable.some((part) => result.name.includes(part))
      ? exclusions.find((each) => excuses(each, result))
      : undefined,
  }));
  const failed = failures.filter((each) => !each.exclusion).map(({ result }) => result);
  const excused = failures.flatMap(({ result, exclusion }) =>
    exclusion ? [{ result, exclusion }] : []
  );
  const used = new Set(excused.map(({ exclusion }) => exclusion));
  const passed = results.filter(({ status }) => status === "passed").length;
  return {
    counts: {
      passed,
      failed: failed.length,
      skipped: results.length - passed - failed.length,
    },
    failed,
    excused,
    idle: exclusions.filter((exclusion) => !used.has(exclusion)),
  };
}

function excuses({ specs, failure }: Exclusion, result: SpecResult): boolean {
  const name = plainName(result.name);
  return (!specs || specs.some((beginning) => name.startsWith(beginning))) &&
    (!failure || result.failures.every((message) => failure.test(message)));
}
