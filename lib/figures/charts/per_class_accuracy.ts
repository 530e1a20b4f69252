import type { Annotations, Data, LayoutAxis, Shape } from "plotly.js";
import { labelClasses } from "../../display/label_classes.ts";
import { OptionError } from "../../errors.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import type { Figure } from "../figure.ts";
import { labelsAtLeft, type TickLabels } from "../plotly/class_ticks.ts";
import {
  colors,
  edge,
  type FigureOptions,
  gridLines,
  houseAxis,
  houseLayout,
  labelGap,
  note,
  sizes,
} from "../plotly/style.ts";
import { formatPercent, grouped, plain, textWidth } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** The result of a class, with its index. */
type ClassAccuracy = Evaluation["per_class"][number] & { readonly label: number };

/** How {@linkcode perClassAccuracyFigure} draws. */
export interface PerClassAccuracyOptions extends FigureOptions {
  /** With more classes, only those with the lowest accuracy are drawn. */
  readonly maxClasses?: number;
}

/** By default, of more than `maxShown` classes only the `lowestShown` with the lowest accuracy are shown. */
const maxShown = 100, lowestShown = 50;
/** The plot's height in pixels, unless many classes need more. */
const maxHeight = 540;
/** Where the column of accuracies ends, in pixels right of the plot. */
const percentEnd = 66;

/**
 * Draws the accuracy of each class as a bar, with Wilson's 95 % interval, and a line at the mean over
 * the classes. A class without images says so. Of more than 100 classes, only the 50 with the lowest
 * accuracy are shown, lowest first.
 *
 * @throws {OptionError} If there is no class.
 *
 * @example
 * ```ts
 * import { perClassAccuracyFigure, wilsonInterval } from "vgg";
 *
 * const interval = wilsonInterval(39, 50);
 * const titi = { id: "n02493509", name: "titi", correct: 39, total: 50, accuracy: 0.78, interval };
 * perClassAccuracyFigure({ per_class: [titi], images: 50 }).name; // per_class_accuracy
 * ```
 */
export function perClassAccuracyFigure(
  evaluation: Pick<Evaluation, "per_class" | "images">,
  { title = "Accuracy by class", subtitle, narrow = false, maxClasses }: PerClassAccuracyOptions =
    {},
): Figure {
  const { images } = evaluation;
  const per_class = labelClasses(evaluation.per_class).map((each, label) => ({ ...each, label }));
  if (per_class.length === 0) {
    throw new OptionError("accuracies by class need one class or more. Received: none");
  }
  const classes = per_class.length > (maxClasses ?? maxShown)
    ? lowestAccuracies(per_class, maxClasses ?? lowestShown)
    : per_class;
  const step = Math.max(18, Math.min(36, Math.floor(maxHeight / classes.length)));
  const labels = labelsAtLeft(classes, step, narrow ? { maxWidth: 100 } : {});
  const mean = meanAccuracy(per_class);
  const counts = classes.map(({ correct, total }) => `${grouped(correct)} of ${grouped(total)}`);
  const countsEnd = percentEnd +
    (narrow ? 0 : 16 + Math.max(...counts.map((text) => textWidth(text, sizes.small))));
  const layout = houseLayout({
    title,
    subtitle: [subtitle, facts(images, classes.length, per_class.length)]
      .filter(Boolean).join(" · "),
  }, {
    plot: { width: narrow ? 150 : 520, height: step * classes.length },
    margin: {
      left: Math.ceil(edge + 10 + labels.reach),
      right: Math.ceil(edge + countsEnd),
      top: 50,
      bottom: 58,
    },
  });
  return makeFigure({
    name: "per_class_accuracy",
    data: drawBars(classes, step),
    layout: {
      ...layout,
      xaxis: percentAxis(narrow),
      yaxis: classAxis(labels),
      shapes: mean === undefined ? [] : [meanLine(mean)],
      annotations: [
        ...(mean === undefined ? [] : [meanLabel(mean)]),
        ...classes.flatMap((result, index) =>
          valueLabels(result, index, { step, count: narrow ? "" : counts[index]!, countsEnd })
        ),
      ],
    },
  });
}

function percentAxis(narrow: boolean): Partial<LayoutAxis> {
  return houseAxis({
    // A little more than 0 to 100, so that whiskers that end there are not cut off.
    range: [-0.4, 100.4],
    dtick: narrow ? 50 : 20,
    ticksuffix: "\u00a0%",
    ...gridLines,
  });
}

function classAxis({ text, size }: TickLabels): Partial<LayoutAxis> {
  return houseAxis({
    range: [text.length - 0.5, -0.5],
    tickvals: [...text.keys()],
    ticktext: [...text],
    tickfont: { size, color: colors.ink },
    ...labelGap(8),
  });
}

function lowestAccuracies(classes: readonly ClassAccuracy[], count: number): ClassAccuracy[] {
  return classes
    .filter(({ accuracy }) => accuracy !== null)
    .sort((a, b) => a.accuracy! - b.accuracy!)
    .slice(0, count);
}

function meanAccuracy(classes: readonly ClassAccuracy[]): number | undefined {
  const values = classes.flatMap(({ accuracy }) => accuracy === null ? [] : [accuracy]);
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length;
}

function facts(images: number, shown: number, all: number): string {
  const text = `${grouped(images)} images, whiskers: Wilson's 95\u00a0% interval`;
  return shown < all ? `${text} · the ${shown} least accurate of ${grouped(all)} classes` : text;
}

function drawBars(classes: readonly ClassAccuracy[], step: number): Partial<Data>[] {
  const bars = classes.map((result, index) => ({ ...result, index }))
    .filter(({ accuracy }) => accuracy !== null);
  const values = bars.map(({ accuracy }) => 100 * accuracy!);
  return [{
    type: "bar",
    orientation: "h",
    x: values,
    y: bars.map(({ index }) => index),
    width: 0.64,
    marker: { color: colors.correct, opacity: 0.85 },
    hovertemplate: "%{text}<extra></extra>",
    text: bars.map(({ name, accuracy, correct, total, interval: [low, high] }) =>
      `<b>${plain(name)}</b><br>${formatPercent(accuracy!)} (${correct} of ${total})<br>` +
      `95\u00a0% interval: ${formatPercent(low)} to ${formatPercent(high)}`
    ),
    textposition: "none",
    customdata: bars.map(({ label }) => label),
    error_x: {
      type: "data",
      symmetric: false,
      array: bars.map(({ interval }, index) => 100 * interval[1] - values[index]!),
      arrayminus: bars.map(({ interval }, index) => values[index]! - 100 * interval[0]),
      color: colors.ink,
      thickness: 1.25,
      width: step >= 30 ? 4 : 2.5,
    },
  }];
}

/** The accuracy and the counts of a class, in two columns right of the plot. */
function valueLabels(
  { accuracy }: ClassAccuracy,
  index: number,
  { step, count, countsEnd }: { step: number; count: string; countsEnd: number },
): Partial<Annotations>[] {
  const size = step >= 30 ? sizes.label : sizes.small;
  const position = { xref: "paper", x: 1, yref: "y", y: index } as const;
  if (accuracy === null) {
    return [note("no images", { ...position, size, xref: "x", x: 0, xanchor: "left", xshift: 6 })];
  }
  return [
    note(formatPercent(accuracy), {
      ...position,
      size,
      color: colors.ink,
      xanchor: "right",
      xshift: percentEnd,
    }),
    note(count, {
      ...position,
      size: sizes.small,
      xanchor: "right",
      xshift: countsEnd,
    }),
  ];
}

function meanLine(mean: number): Partial<Shape> {
  return {
    type: "line",
    xref: "x",
    x0: 100 * mean,
    x1: 100 * mean,
    yref: "paper",
    y0: 0,
    y1: 1,
    line: { color: colors.wrong, width: 1.5, dash: "dot" },
  };
}

function meanLabel(mean: number): Partial<Annotations> {
  return note(`mean of the classes: <b>${formatPercent(mean)}</b>`, {
    color: colors.wrong,
    xref: "x",
    x: 100 * mean,
    // Near an end of the axis a centered label would extend beyond the image.
    xanchor: mean < 0.2 ? "left" : mean > 0.8 ? "right" : "center",
    yref: "paper",
    y: 1,
    yanchor: "bottom",
    yshift: 4,
  });
}
