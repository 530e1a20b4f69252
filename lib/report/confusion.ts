import { mostConfused } from "../evaluation/metrics/summarize.ts";
import { confusedPairsFigure } from "../figures/charts/confused_pairs.ts";
import { confusionMatrixFigure } from "../figures/charts/confusion_matrix.ts";
import { firstName, formatPercent } from "../figures/plotly/text.ts";
import type { Evaluation } from "../runs/schemas.ts";
import { classOrders } from "./class_orders.ts";
import { dataTable, numbers } from "./data_table.ts";
import { type Html, markup } from "./markup.ts";
import { heading, type Section, section, type Setting } from "./section.ts";

/** Up to so many classes a matrix is worth reading as a table, and can be drawn for a phone. */
const mostInTable = 25;
/** Up to so many classes all are drawn, so that they can be ordered. */
const mostDrawn = 100;
const mostPairs = 12;

/** Which classes are taken for which: the matrix, and the pairs with the most mistakes. */
export function confusionSection(evaluation: Evaluation, setting: Setting): Section {
  const { classes, images, top1 } = evaluation;
  const few = classes.length <= mostInTable;
  const chart = setting.charts.chart([
    { figure: confusionMatrixFigure(evaluation), least: few ? 0.95 : 0.9 },
    ...(few ? [{ figure: confusionMatrixFigure(evaluation, { narrow: true }), least: 0.9 }] : []),
  ], {
    alternative:
      `Confusion matrix of ${classes.length} classes: ${formatPercent(top1)} of ${images} ` +
      `images lie on the diagonal.`,
    caption:
      "A row for each actual class, a column for each predicted one. Blue is right, red is " +
      "wrong; the stronger, the larger the share of the row.",
    square: true,
    zoom: true,
    ...(classes.length <= mostDrawn ? { orders: classOrders(evaluation) } : {}),
    ...(few ? { table: matrixTable(evaluation) } : {}),
  });
  return section(setting, "confusion", "Confusion matrix", chart, pairs(evaluation, setting));
}

function matrixTable({ classes, confusion }: Evaluation): Html {
  const names = classes.map(({ name }) => firstName(name));
  return dataTable({
    caption: "Images by actual class (rows) and predicted class (columns)",
    columns: ["Actual", ...numbers(...names)],
    rows: confusion.map((row, index) => [names[index], ...row]),
  });
}

function pairs(evaluation: Evaluation, { level, charts }: Setting): Html {
  const { classes, confusion } = evaluation;
  const confused = mostConfused(confusion);
  const above = heading(level + 1, "Most confused pairs");
  if (confused.length === 0) {
    return markup`${above}<p>No image was taken for one of another class.</p>`;
  }
  const [most] = confused;
  const name = (index: number): string => firstName(classes[index]!.name);
  const shown = confused.slice(0, mostPairs);
  const table = dataTable({
    caption: confused.length > shown.length
      ? `The ${shown.length} of ${confused.length} pairs with the most mistakes`
      : "Pairs of classes with mistakes between them",
    columns: [
      "Class",
      "and class",
      ...numbers("Mistakes", "first as second", "second as first"),
    ],
    rows: shown.map(({ classes: [first, second], counts: [there, back] }) => [
      name(first),
      name(second),
      there + back,
      there,
      back,
    ]),
  });
  const chart = charts.chart([{ figure: confusedPairsFigure(evaluation), least: 0.55 }], {
    alternative: `Pairs of classes by their mistakes, most of them between ` +
      `${most!.classes.map(name).join(" and ")}.`,
    caption: "A bar counts the images of the class beside it that were taken for the other one.",
    table,
  });
  return markup`${above}${chart}`;
}
