import { classScores } from "../evaluation/metrics/class_scores.ts";
import { perClassAccuracyFigure } from "../figures/charts/per_class_accuracy.ts";
import { firstName, formatPercent } from "../figures/plotly/text.ts";
import type { ClassResult, Evaluation } from "../runs/schemas.ts";
import { type Cell, dataTable, numbers } from "./data_table.ts";
import { type Html, markup } from "./markup.ts";
import { type Section, section, type Setting } from "./section.ts";

/** A longer table is opened by those who want it. */
const mostShown = 25;

/** How well each class is told from the others. */
export function byClassSection(evaluation: Evaluation, setting: Setting): Section {
  const known = evaluation.per_class.filter(({ accuracy }) => accuracy !== null)
    .toSorted((one, other) => one.accuracy! - other.accuracy!);
  const told = ({ name, accuracy }: ClassResult): string =>
    `${firstName(name)} with ${formatPercent(accuracy!)}`;
  const chart = setting.charts.chart([
    { figure: perClassAccuracyFigure(evaluation), least: 0.75 },
    { figure: perClassAccuracyFigure(evaluation, { narrow: true }), least: 0.9 },
  ], {
    alternative: `Accuracy of each class, ` +
      (known.length > 0
        ? `from ${told(known[0]!)} to ${told(known.at(-1)!)}.`
        : "of which none has images."),
    caption:
      "The whiskers are Wilson's 95 % intervals: where the class's accuracy may lie, of which " +
      "these images are a sample.",
  });
  const table = classTable(evaluation);
  const shown = evaluation.per_class.length > mostShown
    ? markup`<details><summary>All ${evaluation.per_class.length} classes</summary>${table}</details>`
    : table;
  return section(setting, "classes", "Accuracy by class", chart, shown);
}

function classTable({ per_class, confusion }: Evaluation): Html {
  const scores = classScores(confusion);
  return dataTable({
    caption:
      "Classes in numbers. Precision: of the images taken for the class, the share that belongs " +
      "to it. F1: the harmonic mean of both.",
    columns: [
      "Class",
      ...numbers("Right", "of", "Accuracy", "95 % interval", "Precision", "F1"),
    ],
    sortable: true,
    rows: per_class.map(({ name, correct, total, accuracy, interval: [low, high] }, index) => [
      firstName(name),
      { shown: correct, value: correct },
      { shown: total, value: total },
      share(accuracy),
      {
        shown: accuracy === null ? "" : `${formatPercent(low)} to ${formatPercent(high)}`,
        value: accuracy === null ? -1 : low,
      },
      share(scores[index]?.precision ?? null),
      share(scores[index]?.f1 ?? null),
    ]),
  });
}

/** A share of nothing is sorted below all others. */
function share(fraction: number | null): Cell {
  return { shown: fraction === null ? "none" : formatPercent(fraction), value: fraction ?? -1 };
}
