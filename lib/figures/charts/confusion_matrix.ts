import type { Annotations, LayoutAxis } from "plotly.js";
import type { Evaluation } from "../../runs/schemas.ts";
import { labelsAtBottom, labelsAtLeft, type TickLabels } from "../plotly/class_ticks.ts";
import { drawCounts, drawShares, explainScale } from "./confusion_cells.ts";
import { makeFigure } from "../displayable.ts";
import { type Figure } from "../figure.ts";
import { mostConfusedClasses } from "./most_confused_classes.ts";
import {
  colours,
  edge,
  type FigureOptions,
  houseAxis,
  houseLayout,
  note,
  sizes,
} from "../plotly/style.ts";
import { formatPercent, grouped } from "../plotly/text.ts";

/** Up to so many classes the cells say how many images. */
const mostAnnotated = 25;
/** Up to so many classes all are shown; of more, the `mostAnnotated` most confused. */
const mostShown = 100;

/**
 * The confusion matrix: a row for each actual label, a column for each predicted one. A cell's
 * colour is its share of the row, blue on the diagonal (right) and red beside it (wrong); up to 25
 * classes the cells also say how many images. Of more than 100 classes, the 25 that take part in the
 * most mistakes are shown.
 *
 * @throws {RangeError} Where the matrix has not a row and a column for each class.
 *
 * @example
 * ```ts ignore
 * const run = await openRun("runs/mine");
 * const figure = confusionMatrixFigure(await run.evaluation());
 * ```
 */
export function confusionMatrixFigure(
  evaluation: Evaluation,
  { title = "Confusion matrix", subtitle, narrow = false }: FigureOptions = {},
): Figure {
  requireSquare(evaluation);
  const { classes, confusion } = evaluation;
  const chosen = classes.length > mostShown
    ? mostConfusedClasses(confusion, mostAnnotated)
    : [...classes.keys()];
  const cell = cellSize(chosen.length, narrow);
  const labels = chosen.map((index) => classes[index]!);
  const left = labelsAtLeft(labels, cell), bottom = labelsAtBottom(labels, cell);
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
    data: [shares, ...(chosen.length <= mostAnnotated ? [drawCounts(cells)] : [])],
    layout: {
      ...layout,
      plot_bgcolor: colours.panel,
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

/** Room for an axis's title beyond its labels, in pixels. */
const axisTitle = 34;

function requireSquare({ classes, confusion }: Evaluation): void {
  const rows = [confusion.length, ...confusion.map((row) => row.length)];
  if (classes.length > 0 && rows.every((length) => length === classes.length)) return;
  throw new RangeError(
    `a confusion matrix has a row and a column for each class. Received: ${classes.length} classes ` +
      `and a matrix of ${confusion.length} × ${confusion[0]?.length ?? 0}`,
  );
}

function cellSize(classes: number, narrow: boolean): number {
  const annotated = classes <= mostAnnotated;
  const [total, least, most] = narrow
    ? [200, annotated ? 16 : 8, 60]
    : annotated
    ? [640, 34, 120]
    : [900, 10, 22];
  return Math.min(most, Math.max(least, Math.floor(total / classes)));
}

function facts({ images, top1, top5, classes }: Evaluation, shown: number): string {
  const right = `${formatPercent(top1)} of ${grouped(images)} images right`;
  const five = classes.length > 5 ? `, ${formatPercent(top5)} among the top five` : "";
  const part = shown < classes.length
    ? ` · the ${shown} of ${grouped(classes.length)} classes with the most mistakes`
    : "";
  return right + five + part;
}

function matrixAxis(labels: TickLabels, range: [number, number]): Partial<LayoutAxis> {
  return houseAxis({
    range,
    tickvals: [...labels.text.keys()],
    ticktext: [...labels.text],
    tickangle: labels.angle,
    tickfont: { size: labels.size, color: colours.ink },
    ticks: "outside",
    ticklen: 6,
    tickcolor: colours.paper,
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
