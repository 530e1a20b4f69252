import type { Annotations, LayoutAxis } from "plotly.js";
import { labelClasses } from "../../display/label_classes.ts";
import { OptionError } from "../../errors.ts";
import { showsTop5 } from "../../runs/display/evaluation.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import { cellsOf } from "../../runs/sparse.ts";
import type { Figure } from "../figure.ts";
import { labelsAtBottom, labelsAtLeft, type TickLabels } from "../plotly/class_ticks.ts";
import {
  colors,
  edge,
  type FigureOptions,
  houseAxis,
  houseLayout,
  labelGap,
  note,
  sizes,
} from "../plotly/style.ts";
import { formatPercent, grouped } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";
import { drawCounts, drawShares, explainScale } from "./confusion_cells.ts";

/** With more classes, or on a phone in smaller cells, the cells have no numbers. */
const maxAnnotated = 25, minNumbered = 16;
/** With more classes, only the `maxAnnotated` most confused are shown. */
const maxShown = 100;

/**
 * Draws the confusion matrix: a row for each actual label and a column for each predicted one. The
 * color of a cell is its fraction of the row, blue on the diagonal (correct) and red elsewhere (wrong).
 * With up to 25 classes the cells also have the number of images. Of more than 100 classes, only the
 * 25 with the most mistakes are shown.
 *
 * @throws {OptionError} If the matrix does not have one row and one column per class.
 *
 * @example
 * ```ts
 * import { confusionMatrixFigure } from "vgg";
 *
 * const classes = [{ id: "n02493509", name: "titi" }, { id: "n02483708", name: "siamang" }];
 * const evaluation = { classes, confusion: [[8, 2], [1, 9]], images: 20, top1: 0.85, top5: 1 };
 * confusionMatrixFigure(evaluation).name; // confusion_matrix
 * ```
 */
export function confusionMatrixFigure(
  evaluation: Pick<Evaluation, "classes" | "confusion" | "images" | "top1" | "top5">,
  { title = "Confusion matrix", subtitle, narrow = false }: FigureOptions = {},
): Figure {
  requireSquare(evaluation);
  const { confusion } = evaluation;
  const classes = labelClasses(evaluation.classes);
  const chosen = classes.length > maxShown
    ? mostConfusedClasses(confusion, maxAnnotated)
    : [...classes.keys()];
  const cell = cellSize(chosen.length, narrow);
  const labels = chosen.map((index) => classes[index]!);
  const options = narrow ? { maxWidth: 84 } : {};
  const left = labelsAtLeft(labels, cell, options), bottom = labelsAtBottom(labels, cell, options);
  const side = cell * chosen.length;
  const layout = houseLayout({
    title,
    subtitle: [subtitle, facts(evaluation, chosen.length)].filter(Boolean).join(" · "),
  }, {
    plot: { width: side, height: side },
    margin: {
      left: Math.ceil(edge + axisTitle + left.reach),
      right: edge + (narrow ? 6 : 104),
      top: 30,
      bottom: Math.ceil(edge + axisTitle + bottom.reach),
    },
  });
  const cells = { confusion, classes, chosen, cell };
  const shares = { ...drawShares(cells), showscale: !narrow };
  return makeFigure({
    name: "confusion_matrix",
    data: [
      shares,
      ...(chosen.length <= maxAnnotated && cell >= minNumbered ? [drawCounts(cells)] : []),
    ],
    layout: {
      ...layout,
      plot_bgcolor: colors.panel,
      xaxis: matrixAxis(bottom, [-0.5, chosen.length - 0.5]),
      yaxis: matrixAxis(left, [chosen.length - 0.5, -0.5]),
      annotations: [
        predictedTitle(bottom.reach),
        actualTitle(left.reach),
        ...(narrow ? [] : [explainScale(cells)]),
      ],
    },
  });
}

/** Space for the title of an axis beyond its labels, in pixels. */
const axisTitle = 34;

function requireSquare({ classes, confusion }: Pick<Evaluation, "classes" | "confusion">): void {
  const lengths = [confusion.length, ...confusion.map((row) => row.length)];
  if (classes.length > 0 && lengths.every((length) => length === classes.length)) return;
  throw new OptionError(
    `a confusion matrix has a row and a column for each class. Received: ${classes.length} classes ` +
      `and a matrix of ${confusion.length} × ${confusion[0]?.length ?? 0}`,
  );
}

function cellSize(classes: number, narrow: boolean): number {
  if (narrow) return Math.min(60, 210 / classes);
  const [total, min, max] = classes <= maxAnnotated ? [640, 27, 120] : [900, 10, 22];
  return Math.min(max, Math.max(min, Math.floor(total / classes)));
}

function facts(
  evaluation: Pick<Evaluation, "images" | "top1" | "top5" | "classes">,
  shown: number,
): string {
  const { images, top1, top5, classes } = evaluation;
  const correct = `${formatPercent(top1)} of ${grouped(images)} images correct`;
  const five = showsTop5(evaluation) ? `, ${formatPercent(top5)} among the top five` : "";
  const part = shown < classes.length
    ? ` · the ${shown} of ${grouped(classes.length)} classes with the most mistakes`
    : "";
  return correct + five + part;
}

function matrixAxis(labels: TickLabels, range: [number, number]): Partial<LayoutAxis> {
  return houseAxis({
    range,
    tickvals: [...labels.text.keys()],
    ticktext: [...labels.text],
    tickangle: labels.angle,
    tickfont: { size: labels.size, color: colors.ink },
    ...labelGap(6),
  });
}

function predictedTitle(reach: number): Partial<Annotations> {
  return note("<b>Predicted label</b>", {
    size: sizes.label,
    xref: "paper",
    x: 0.5,
    yref: "paper",
    y: 0,
    yanchor: "top",
    yshift: -(reach + 18),
  });
}

function actualTitle(reach: number): Partial<Annotations> {
  return note("<b>Actual label</b>", {
    size: sizes.label,
    textangle: "-90",
    xref: "paper",
    x: 0,
    xanchor: "right",
    xshift: -(reach + 16),
    yref: "paper",
    y: 0.5,
  });
}

/**
 * Finds the classes with the most mistakes, counted both as actual and as predicted class.
 *
 * @param confusion `confusion[actual][predicted]` counts images.
 * @returns At most `count` class indices in ascending order.
 */
export function mostConfusedClasses(
  confusion: readonly (readonly number[])[],
  count: number,
): number[] {
  const mistakes = confusion.map(() => 0);
  for (const [actual, predicted, images] of cellsOf(confusion)) {
    if (actual === predicted) continue;
    mistakes[actual]! += images;
    mistakes[predicted]! += images;
  }
  return mistakes
    .map((_, index) => index)
    .sort((a, b) => mistakes[b]! - mistakes[a]!)
    .slice(0, count)
    .sort((a, b) => a - b);
}
