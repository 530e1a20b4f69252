import type { Annotations } from "plotly.js";
import { OptionError } from "../../errors.ts";
import type { Figure } from "../figure.ts";
import {
  colors,
  curveAxis,
  edge,
  gridLines,
  type Heading,
  houseAxis,
  houseLayout,
  sizes,
  titleAbove,
} from "../plotly/style.ts";
import { grouped, textWidth } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** How {@linkcode histogramFigure} draws. */
export interface HistogramOptions extends Heading {
  /** The figure's name. Default `histogram`. */
  readonly name?: string;
  /** The title of the axis of values. */
  readonly xTitle: string;
  /** What is counted. Default `images`. */
  readonly unit?: string;
  /** How an edge is written. Default: the number. */
  readonly edgeText?: (edge: number) => string;
}

const plot = { width: 400, height: 200 } as const, labels = 46;

/**
 * Draws how many values are between edges: a bar for each two edges, all equally wide, also where the
 * edges are not equally far apart.
 *
 * @throws {OptionError} If there are not as many counts as spaces between edges.
 *
 * @example
 * ```ts
 * import { histogramFigure } from "vgg/figures";
 *
 * const sides = { edges: [0, 32, 64, 128], counts: [1, 20, 4] };
 * histogramFigure(sides, { title: "Shorter sides", xTitle: "px" }).name; // histogram
 * ```
 */
export function histogramFigure(
  { edges, counts }: { readonly edges: readonly number[]; readonly counts: readonly number[] },
  { name = "histogram", title, subtitle, xTitle, unit = "images", edgeText = String }:
    HistogramOptions,
): Figure {
  if (counts.length === 0 || edges.length !== counts.length + 1) {
    throw new OptionError(
      `a histogram needs one edge more than counts. Received: ${edges.length}, ${counts.length}`,
    );
  }
  const texts = edges.map(edgeText);
  const widest = Math.max(...texts.map((text) => textWidth(text, sizes.small)));
  const every = Math.ceil((widest + 8) / (plot.width / counts.length));
  const shown = [...edges.keys()].filter((at) => at % every === 0);
  const layout = houseLayout({ title, subtitle }, {
    plot,
    margin: { left: edge + labels, right: edge + 8, top: 44, bottom: 58 },
  });
  const above: Partial<Annotations> = titleAbove(unit, labels);
  return makeFigure({
    name,
    data: [{
      type: "bar",
      x: [...counts.keys()],
      y: [...counts],
      width: counts.map(() => 0.92),
      marker: { color: colors.train, opacity: 0.85 },
      text: counts.map((count, at) =>
        `${texts[at]} to ${texts[at + 1]}: ${grouped(count)} ${unit}`
      ),
      textposition: "none",
      hovertemplate: "%{text}<extra></extra>",
    }],
    layout: {
      ...layout,
      xaxis: curveAxis(xTitle, {
        range: [-0.5, counts.length - 0.5],
        tickvals: shown.map((at) => at - 0.5),
        ticktext: shown.map((at) => texts[at]!),
      }),
      yaxis: houseAxis({
        range: [0, 1.06 * Math.max(1, ...counts)],
        nticks: 5,
        tickformat: "~s",
        ...gridLines,
      }),
      annotations: [above],
    },
  });
}
