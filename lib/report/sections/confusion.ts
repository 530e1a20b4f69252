import { percent } from "../../display/format.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { type Html, markup } from "../../display/markup.ts";
import { type HtmlCell, numbers } from "../../display/table.ts";
import { mostConfused } from "../../evaluation/metrics/summarize.ts";
import { confusedPairsFigure } from "../../figures/charts/confused_pairs.ts";
import { confusionMatrixFigure } from "../../figures/charts/confusion_matrix.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import { imagesLink } from "../images/links.ts";
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
    ...(few ? { table: matrixTable(evaluation, context) } : {}),
    opens: { kind: "cell", run: context.run },
  });
  return section(context, "confusion", "Confusion matrix", chart, pairs(evaluation, context));
}

function matrixTable({ classes, confusion }: Evaluation, context: SectionContext): Html {
  const names = labelClasses(classes).map(({ name }) => name);
  return markup`<div class="matrix">${
    scrollTable({
      title: "Images by actual class (rows) and predicted class (columns)",
      columns: ["Actual", ...numbers(...names)],
      rows: confusion.map((row, actual) => [
        names[actual]!,
        ...row.map((images, predicted) =>
          countLink(context, images, [actual, predicted], [names[actual]!, names[predicted]!])
        ),
      ]),
    })
  }</div>`;
}

/** A number of images, which shows them. */
function countLink(
  context: SectionContext,
  images: number,
  cell: readonly [actual: number, predicted: number],
  [actual, predicted]: readonly [string, string],
): HtmlCell {
  if (images === 0) return images;
  const label = `${images} of ${actual} predicted as ${predicted}`;
  return { shown: imagesLink(context, `cell=${cell}`, images, label), value: images };
}

function pairs(evaluation: Evaluation, context: SectionContext): Html {
  const { level, charts, run } = context;
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
    rows: shown.map(({ classes: [first, second], counts: [there, back] }) => {
      const names = [name(first), name(second)] as const;
      const both = `Mistakes between ${names.join(" and ")}: ${there + back}`;
      return [
        ...names,
        {
          shown: imagesLink(context, `pair=${first},${second}`, there + back, both),
          value: there + back,
        },
        countLink(context, there, [first, second], names),
        countLink(context, back, [second, first], [names[1], names[0]]),
      ];
    }),
  }, { sortable: true });
  const chart = charts.chart([
    { figure: confusedPairsFigure(evaluation), minScale: 0.7 },
    { figure: confusedPairsFigure(evaluation, { narrow: true }), minScale: 0.9 },
  ], {
    alternative: `Pairs of classes by their mistakes, most of them between ` +
      `${shown[0]!.classes.map(name).join(" and ")}.`,
    caption: "A bar counts the images of the class beside it that were predicted as the other one.",
    table,
    opens: { kind: "cell", run },
  });
  return markup`${above}${chart}`;
}
