import { percent } from "../../display/format.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { type Html, markup } from "../../display/markup.ts";
import { numbers } from "../../display/table.ts";
import { mostConfused } from "../../evaluation/metrics/summarize.ts";
import { confusedPairsFigure } from "../../figures/charts/confused_pairs.ts";
import { confusionMatrixFigure } from "../../figures/charts/confusion_matrix.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import { classOrders } from "./class_orders.ts";
import { heading, scrollTable, type Section, section, type SectionContext } from "./section.ts";

/** Up to so many classes, the matrix is also a table. */
const maxInTable = 25;
/** Up to so many classes, the figure draws all of them, so that they can be ordered. */
const maxDrawn = 100;
const maxPairs = 12;

/** The confusion matrix, and the pairs of classes with the most mistakes. */
export function confusionSection(evaluation: Evaluation, context: SectionContext): Section {
  const { classes, images, top1 } = evaluation;
  const few = classes.length <= maxInTable;
  const chart = context.charts.chart([
    { figure: confusionMatrixFigure(evaluation), minScale: few ? 0.95 : 0.6 },
    { figure: confusionMatrixFigure(evaluation, { narrow: true }), minScale: 0.9 },
  ], {
    alternative: `Confusion matrix of ${classes.length} classes: ${percent(top1)} of ${images} ` +
      `images lie on the diagonal.`,
    caption:
      "A row for each actual class, a column for each predicted one. Blue is right, red is " +
      "wrong; the stronger the color, the larger the fraction of the row.",
    square: true,
    zoom: true,
    ...(classes.length <= maxDrawn ? { orders: classOrders(evaluation) } : {}),
    ...(few ? { table: matrixTable(evaluation) } : {}),
  });
  return section(context, "confusion", "Confusion matrix", chart, pairs(evaluation, context));
}

function matrixTable({ classes, confusion }: Evaluation): Html {
  const names = labelClasses(classes).map(({ name }) => name);
  return markup`<div class="matrix">${
    scrollTable({
      title: "Images by actual class (rows) and predicted class (columns)",
      columns: ["Actual", ...numbers(...names)],
      rows: confusion.map((row, index) => [names[index]!, ...row]),
    })
  }</div>`;
}

function pairs(evaluation: Evaluation, { level, charts }: SectionContext): Html {
  const { classes, confusion } = evaluation;
  const confused = mostConfused(confusion);
  const above = heading(level + 1, "Most confused pairs");
  if (confused.length === 0) {
    return markup`${above}<p>No image was predicted as another class.</p>`;
  }
  const labels = labelClasses(classes);
  const name = (index: number): string => labels[index]!.name;
  const shown = confused.slice(0, maxPairs);
  const table = scrollTable({
    title: confused.length > shown.length
      ? `The ${shown.length} of ${confused.length} pairs with the most mistakes`
      : "Pairs of classes with mistakes between them",
    columns: ["Class", "and class", ...numbers("Mistakes", "first as second", "second as first")],
    rows: shown.map(({ classes: [first, second], counts: [there, back] }) => [
      name(first),
      name(second),
      there + back,
      there,
      back,
    ]),
  });
  const chart = charts.chart([
    { figure: confusedPairsFigure(evaluation), minScale: 0.7 },
    { figure: confusedPairsFigure(evaluation, { narrow: true }), minScale: 0.9 },
  ], {
    alternative: `Pairs of classes by their mistakes, most of them between ` +
      `${shown[0]!.classes.map(name).join(" and ")}.`,
    caption: "A bar counts the images of the class beside it that were predicted as the other one.",
    table,
  });
  return markup`${above}${chart}`;
}
