import { type Html, markup } from "../../display/markup.ts";
import { numbers } from "../../display/table.ts";
import { type Line, linesFigure } from "../../figures/charts/lines.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import type { ReportedRun } from "../read_run.ts";
import { scrollTable, type Section, section, type SectionContext } from "../sections/section.ts";
import { shortNames } from "./run_names.ts";

/** The most runs that one chart tells apart. */
const maxLines = 6;

/** The learning curves of several runs, each kind in one chart. */
export function comparedCurvesSection(
  runs: readonly ReportedRun[],
  context: SectionContext,
): Section {
  const names = shortNames(runs);
  const chart = (title: string, valueOf: (line: HistoryLine) => number): Html | undefined => {
    const lines = runs.flatMap(({ training }, index): Line[] => {
      const values = training?.history.map(valueOf) ?? [];
      const places = training?.history.map(({ epoch }) => epoch) ?? [];
      return values.some(Number.isFinite) ? [{ name: names[index]!, values, places }] : [];
    }).slice(0, maxLines);
    if (lines.length === 0) return undefined;
    const figure = linesFigure(lines, { title, xTitle: "Epoch", yTitle: title });
    const ends = lines.map(({ name, values }) => `${name}: ${values.at(-1)!.toPrecision(3)}`);
    return context.charts.chart([{ figure, minScale: 0.45 }], {
      table: linesTable(title, lines),
      alternative: `${title} over the epochs of ${lines.length} runs. At the end, ${
        ends.join("; ")
      }`,
    });
  };
  return section(
    context,
    "compared-curves",
    "Learning curves",
    runs.length > maxLines
      ? markup`<p class="lead">The first ${maxLines} runs; the curves of all runs are below.</p>`
      : undefined,
    chart("Validation accuracy in %", ({ val_accuracy }) => 100 * val_accuracy),
    chart("Validation loss", ({ val_loss }) => val_loss),
    chart("Training loss", ({ loss }) => loss),
  );
}

function linesTable(title: string, lines: readonly Line[]): Html {
  const epochs = [...new Set(lines.flatMap(({ places = [] }) => places))].sort((a, b) => a - b);
  return scrollTable({
    title: `${title}, epoch by epoch`,
    columns: ["Epoch", ...numbers(...lines.map(({ name }) => name))],
    rows: epochs.map((epoch) => [
      epoch,
      ...lines.map(({ values, places = [] }) => {
        const value = values[places.indexOf(epoch)];
        return value === undefined || Number.isNaN(value) ? "" : value.toPrecision(4);
      }),
    ]),
  });
}
