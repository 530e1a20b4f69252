import type { Annotations, Data } from "plotly.js";
import { labelClasses } from "../../display/label_classes.ts";
import { OptionError } from "../../errors.ts";
import type { Figure } from "../figure.ts";
import { labelsAtLeft } from "../plotly/class_ticks.ts";
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
import { grouped, plain, textWidth } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** A class with its numbers of images. */
export interface ClassCounts {
  /** The data set's own key. */
  readonly id: string;
  /** The text to display. */
  readonly name: string;
  /** The number of images in each part of the data set, in the parts' order. */
  readonly counts: readonly number[];
}

/** Of more classes, only the largest and the smallest are drawn, half of so many each. */
const maxClasses = 40;
/** The plot's height in pixels, unless many classes need more. */
const maxHeight = 540;

/** Distinct with every common form of color blindness, and readable as text. */
const partColors = [colors.train, colors.validation, colors.muted] as const;

/**
 * Draws the number of images of each class, a bar with a piece for each part of the data set. Of more
 * than 40 classes, the 20 with the most and the 20 with the fewest images in the first part are drawn.
 *
 * @param parts The names of the parts: one to three.
 * @throws {OptionError} If there is no class, or no part or more than three.
 *
 * @example
 * ```ts
 * import { classCountsFigure } from "vgg/figures";
 *
 * const cats = { id: "cat", name: "cat", counts: [80, 20] };
 * classCountsFigure([cats], ["training", "validation"]).name; // class_counts
 * ```
 */
export function classCountsFigure(
  all: readonly ClassCounts[],
  parts: readonly string[],
  { title = "Images by class", subtitle, narrow = false }: FigureOptions = {},
): Figure {
  if (all.length === 0 || parts.length === 0 || parts.length > partColors.length) {
    throw new OptionError(
      `a chart of classes needs classes, and one to three parts. Received: ${all.length}, ${parts.length}`,
    );
  }
  const classes = mostAndFewest(labelClasses(all));
  const step = Math.max(18, Math.min(36, Math.floor(maxHeight / classes.length)));
  const labels = labelsAtLeft(classes, step, narrow ? { maxWidth: 100 } : {});
  const sums = classes.map(({ counts }) => grouped(sum(counts)));
  const right = Math.max(...sums.map((text) => textWidth(text, sizes.small)));
  const layout = houseLayout({
    title,
    subtitle: [
      subtitle,
      classes.length < all.length
        ? `the ${maxClasses / 2} largest and the ${maxClasses / 2} smallest of ${
          grouped(all.length)
        } classes`
        : undefined,
    ].filter(Boolean).join(" · "),
  }, {
    plot: { width: narrow ? 170 : 520, height: step * classes.length },
    margin: {
      left: Math.ceil(edge + 10 + labels.reach),
      right: Math.ceil(edge + 14 + right),
      top: 32,
      bottom: 50,
    },
  });
  return makeFigure({
    name: "class_counts",
    data: parts.map((part, at) => drawPart(classes, part, at)),
    layout: {
      ...layout,
      barmode: "stack",
      xaxis: houseAxis({ rangemode: "tozero", nticks: narrow ? 3 : 6, ...gridLines }),
      yaxis: houseAxis({
        range: [classes.length - 0.5, -0.5],
        tickvals: [...labels.text.keys()],
        ticktext: [...labels.text],
        tickfont: { size: labels.size, color: colors.ink },
        ...labelGap(8),
      }),
      annotations: [
        ...partNames(parts),
        ...sums.map((text, index): Partial<Annotations> =>
          note(text, {
            xref: "paper",
            x: 1,
            xanchor: "left",
            xshift: 10,
            yref: "y",
            y: index,
            size: sizes.small,
            color: colors.ink,
          })
        ),
      ],
    },
  });
}

/** The names of the parts above the plot, each in its color. */
function partNames(parts: readonly string[]): Partial<Annotations>[] {
  let left = 0;
  return parts.map((part, at) => {
    const xshift = left;
    left += textWidth(part, sizes.label) + 16;
    return note(`<b>${plain(part)}</b>`, {
      ...{ xref: "paper", x: 0, xanchor: "left", xshift },
      ...{ yref: "paper", y: 1, yanchor: "bottom", yshift: 6 },
      size: sizes.label,
      color: partColors[at]!,
    });
  });
}

function drawPart(classes: readonly ClassCounts[], part: string, at: number): Partial<Data> {
  const counts = classes.map(({ counts }) => counts[at] ?? 0);
  return {
    type: "bar",
    orientation: "h",
    name: part,
    x: counts,
    y: [...classes.keys()],
    width: 0.64,
    marker: { color: partColors[at]!, opacity: 0.85 },
    text: classes.map(({ name }, index) => `<b>${plain(name)}</b><br>${counts[index]} ${part}`),
    textposition: "none",
    hovertemplate: "%{text}<extra></extra>",
  };
}

function mostAndFewest(classes: readonly ClassCounts[]): readonly ClassCounts[] {
  if (classes.length <= maxClasses) return classes;
  const sorted = classes.toSorted((one, other) => (other.counts[0] ?? 0) - (one.counts[0] ?? 0));
  return [...sorted.slice(0, maxClasses / 2), ...sorted.slice(-maxClasses / 2)];
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
