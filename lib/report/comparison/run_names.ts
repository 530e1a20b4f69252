import { sizes } from "../../figures/plotly/style.ts";
import { textWidth } from "../../figures/plotly/text.ts";
import type { ReportedRun } from "../read_run.ts";

/** The maximum width of a run's name in a chart, in pixels. */
const maxWidth = 90;

/** Returns the id of a run's part of the page. */
export function runId(index: number): string {
  return `run-${index + 1}`;
}

/** Returns the runs' names where they are short and different, otherwise their numbers. */
export function shortNames(runs: readonly ReportedRun[]): string[] {
  const names = runs.map(({ name }) => name);
  const areShort = names.every((name) => textWidth(name, sizes.label) <= maxWidth);
  if (areShort && new Set(names).size === names.length) return names;
  return names.map((_, index) => `Run ${index + 1}`);
}
