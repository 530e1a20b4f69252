import type { Annotations, Data, LayoutAxis } from "plotly.js";
import type { Calibration, CalibrationBin } from "../../evaluation/metrics/calibration.ts";
import type { Figure } from "../figure.ts";
import {
  colors,
  edge,
  gridLines,
  type Heading,
  houseAxis,
  houseLayout,
  note,
  sizes,
  titleAbove,
} from "../plotly/style.ts";
import { formatPercent } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** Dimensions in pixels. */
const plot = { width: 470, height: 390 } as const, labels = 48;

/**
 * Draws a reliability diagram: for each bin of confidence a bar as high as its accuracy, and the number
 * of its images. The bars of a calibrated network end at the diagonal.
 *
 * @example
 * ```ts
 * import { calibrationOf, reliabilityFigure } from "vgg";
 *
 * const prediction = { id: "a.png", actual: 0, predicted: 0, probabilities: [0.75, 0.25] };
 * reliabilityFigure(calibrationOf([prediction])).name; // reliability
 * ```
 */
export function reliabilityFigure(
  { bins, expectedError }: Calibration,
  { title = "Reliability", subtitle }: Partial<Heading> = {},
): Figure {
  const filled = bins.map((bin, index) => ({ ...bin, index })).filter(({ images }) => images > 0);
  const layout = houseLayout({
    title,
    subtitle: [subtitle, `expected calibration error: ${formatPercent(expectedError)}`]
      .filter(Boolean).join(" · "),
  }, {
    plot,
    margin: { left: edge + labels, right: edge + 8, top: 50, bottom: 62 },
  });
  return makeFigure({
    name: "reliability",
    data: [drawBars(filled)],
    layout: {
      ...layout,
      xaxis: percentAxis("confidence"),
      yaxis: { ...percentAxis(""), ...gridLines },
      shapes: [{
        type: "line",
        x0: 0,
        x1: 100,
        y0: 0,
        y1: 100,
        line: { color: colors.wrong, width: 1.5, dash: "dot" },
      }],
      annotations: [titleAbove("accuracy", labels), ...filled.map(countLabel)],
    },
  });
}

function countLabel({ from, to, accuracy, images }: CalibrationBin): Partial<Annotations> {
  return note(String(images), {
    size: sizes.small,
    x: 50 * (from + to),
    y: 100 * accuracy!,
    yanchor: "bottom",
    yshift: 2,
    bgcolor: "rgba(255,255,255,0.8)",
  });
}

function drawBars(
  bins: readonly (CalibrationBin & { readonly index: number })[],
): Partial<Data> {
  return {
    type: "bar",
    x: bins.map(({ from, to }) => 50 * (from + to)),
    y: bins.map(({ accuracy }) => 100 * accuracy!),
    width: bins.map(({ from, to }) => 100 * (to - from) - 1),
    marker: { color: colors.correct, opacity: 0.85 },
    hovertemplate: "%{y:.1f} % of %{customdata[0]} images correct<extra></extra>",
    customdata: bins.map(({ images, index }) => [images, index]),
  };
}

function percentAxis(title: string): Partial<LayoutAxis> {
  return houseAxis({
    range: [0, 106],
    dtick: 20,
    tick0: 0,
    ticksuffix: "\u00a0%",
    title: { text: title, standoff: 12, font: { size: sizes.label, color: colors.muted } },
  });
}
