import type { ReportedRun } from "../read_run.ts";
import type { Section, SectionContext } from "../sections/section.ts";
import { changedSidesSection } from "./changed_sides.ts";
import { comparedCurvesSection } from "./compared_curves.ts";
import { differencesSection } from "./differences.ts";
import { pairRuns } from "./pair_runs.ts";
import { pairedTestSection } from "./paired_test.ts";
import { resultsSection } from "./results.ts";

/**
 * Several runs side by side: how their settings differ, results, a paired test and the images that
 * changed sides, both of each run against the first, and learning curves.
 */
export async function comparison(
  runs: readonly ReportedRun[],
  context: SectionContext,
): Promise<Section[]> {
  const pairings = runs.slice(1).map((run) => pairRuns(runs[0]!, run));
  const changed = await changedSidesSection(runs, pairings, context);
  return [
    differencesSection(runs, context),
    resultsSection(runs, context),
    pairedTestSection(runs, pairings, context),
    ...(changed ? [changed] : []),
    comparedCurvesSection(runs, context),
  ];
}
