import { markup } from "../../display/markup.ts";
import { textColumn } from "../../display/table.ts";
import { differences, type FlatSettings } from "../flat_settings.ts";
import type { ReportedRun } from "../read_run.ts";
import { scrollTable, type Section, section, type SectionContext } from "../sections/section.ts";
import { comparableSettings } from "../sections/settings.ts";
import { shortNames } from "./run_names.ts";

/**
 * The settings that differ, and below them, folded away, those that all runs share; on paper, each
 * run has its own list.
 */
export function differencesSection(
  runs: readonly ReportedRun[],
  context: SectionContext,
): Section {
  const all = runs.map(({ training }): FlatSettings =>
    training ? comparableSettings(training.record) : new Map()
  );
  const differing = differences(all);
  const same = [...all[0]!].filter(([name]) => !differing.includes(name));
  return section(
    context,
    "differences",
    "Differences in settings",
    differing.length === 0 ? markup`<p>None: the runs have the same settings.</p>` : scrollTable({
      title: "Settings that are not the same in all runs",
      columns: ["Setting", ...shortNames(runs).map(textColumn)],
      rows: differing.map((name) => [
        name,
        ...all.map((settings) => settings.get(name) ?? "none"),
      ]),
    }),
    same.length === 0
      ? undefined
      : markup`<details class="repeated"><summary>${same.length} settings are the same in all runs</summary>${
        scrollTable({
          title: "Settings that are the same in all runs",
          columns: ["Setting", textColumn("Value")],
          rows: same,
        })
      }</details>`,
  );
}
