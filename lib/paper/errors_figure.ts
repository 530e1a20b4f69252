import type { Annotations, Data, LayoutAxis } from "plotly.js";
import { OptionError } from "../errors.ts";
import type { Figure } from "../figures/figure.ts";
import {
  colors,
  edge,
  gridLines,
  type Heading,
  houseAxis,
  houseLayout,
  labelGap,
  note,
  panelTitle,
  sizes,
} from "../figures/plotly/style.ts";
import { textWidth } from "../figures/plotly/text.ts";
import { makeFigure } from "../figures/render/figure_bundle.ts";
import { configurations } from "../vgg/configurations.ts";
import type { TestResult } from "./results.ts";

const panel = { width: 380, height: 300, gap: 74 } as const;
const nets = Object.keys(configurations);

/** Training scales S in the paper's pixels, with a color and the offset of their marks along the x axis. */
const scales = [
  { train: "256", name: "S = 256", color: colors.train, shift: -0.16 },
  { train: "384", name: "S = 384", color: colors.highlight, shift: 0 },
  { train: "256,512", name: "S in [256;512]", color: colors.validation, shift: 0.16 },
] as const;

/** The errors of the miniature and of the paper. */
const sides = [
  { title: "This miniature: top-1 error", axis: "", error: (result: TestResult) => result.top1 },
  { title: "The paper: top-1 error", axis: "2", error: (result: TestResult) => result.paper.top1 },
] as const;

/**
 * Draws the top-1 errors of each network, the experiment's beside the paper's, each with its own axis.
 * Filled marks are tests at one scale (with Wilson's 95 % interval), hollow marks at several.
 *
 * @throws {OptionError} If there is no result.
 *
 * @example
 * ```ts
 * import { paperErrorsFigure, type TestResult } from "vgg/paper";
 *
 * const scales = { table: 3, net: "A", train: [256], test: [256] } as const;
 * const errors = { top1: 40, top5: 12, interval: [36, 44], paper: { top1: 29.6, top5: 10.4 } } as const;
 * const run = { run: "A-256", created: "2026-01-01T00:00:00Z", images: 500 };
 * const results: TestResult[] = [{ ...scales, ...errors, ...run }]; // see `runExperiment`
 * const figure = paperErrorsFigure(results);
 * ```
 */
export function paperErrorsFigure(
  results: readonly TestResult[],
  { title = "The paper's experiment in miniature", subtitle }: Partial<Heading> = {},
): Figure {
  if (results.length === 0) {
    throw new OptionError("a figure of errors needs one result or more. Received: none");
  }
  const width = 2 * panel.width + panel.gap;
  const layout = houseLayout({ title, subtitle }, {
    plot: { width, height: panel.height },
    margin: { left: edge + 44, right: edge, top: 82, bottom: 48 },
  });
  return makeFigure({
    name: "errors",
    data: sides.flatMap(({ axis, error }) =>
      scales.flatMap((scale) => drawMarks(results, scale, axis, error))
    ),
    layout: {
      ...layout,
      ...Object.fromEntries(sides.flatMap(({ axis }, index) => {
        const left = index * (panel.width + panel.gap);
        const domain = [left / width, (left + panel.width) / width];
        return [[`xaxis${axis}`, netAxis(axis, domain)], [`yaxis${axis}`, errorAxis(axis)]];
      })),
      annotations: [
        ...sides.map(({ title, axis }) => panelTitle(`<b>${title}</b>`, axis)),
        ...legend(),
      ],
    },
  });
}

function drawMarks(
  results: readonly TestResult[],
  { train, name, color, shift }: typeof scales[number],
  axis: string,
  error: (result: TestResult) => number,
): Partial<Data>[] {
  return ([3, 4] as const).flatMap((table) => {
    const shown = results.filter((result) =>
      result.table === table && result.train.join() === train
    );
    if (shown.length === 0) return [];
    const several = table === 4;
    const whiskers = axis === "" && !several;
    return [{
      type: "scatter",
      mode: "markers",
      name: several ? `${name}, several test scales` : `${name}, one test scale`,
      // Hollow marks are a little right of the filled ones.
      x: shown.map(({ net }) => nets.indexOf(net) + shift + (several ? 0.07 : 0)),
      y: shown.map(error),
      xaxis: `x${axis}` as "x",
      yaxis: `y${axis}` as "y",
      marker: {
        size: 9,
        color: several ? colors.paper : color,
        line: { color: color, width: 2 },
      },
      text: shown.map(({ net }) => net),
      hovertemplate: "%{text}: %{y:.1f} %",
      ...(whiskers ? { error_y: intervals(shown, color) } : {}),
    }];
  });
}

function intervals(results: readonly TestResult[], color: string): Plotly.ErrorBar {
  return {
    type: "data",
    symmetric: false,
    array: results.map(({ interval, top1 }) => interval[1] - top1),
    arrayminus: results.map(({ interval, top1 }) => top1 - interval[0]),
    color,
    thickness: 1,
    width: 0,
  } as Plotly.ErrorBar;
}

function netAxis(axis: string, domain: number[]): Partial<LayoutAxis> {
  return houseAxis({
    anchor: `y${axis}` as "y",
    domain,
    range: [-0.6, nets.length - 0.4],
    tickvals: [...nets.keys()],
    ticktext: nets,
    tickfont: { size: sizes.label, color: colors.ink },
    showline: true,
    linecolor: colors.faint,
  });
}

function errorAxis(axis: string): Partial<LayoutAxis> {
  return houseAxis({
    anchor: `x${axis}` as "x",
    nticks: 8,
    ticksuffix: "\u00a0%",
    ...gridLines,
    ...labelGap(6),
  });
}

/** A legend above the panels: the colors of the training scales and the meaning of the marks. */
function legend(): Partial<Annotations>[] {
  const entries = [
    ...scales.map(({ name, color }) => ({ mark: "●", color, text: name })),
    { mark: "●", color: colors.muted, text: "one test scale" },
    { mark: "○", color: colors.muted, text: "several" },
    { mark: "|", color: colors.muted, text: "95\u00a0% interval" },
  ];
  let left = 0;
  return entries.flatMap(({ mark, color, text }) => {
    const position = {
      size: sizes.label,
      xref: "paper",
      x: 0,
      xanchor: "left",
      yref: "paper",
      y: 1,
      yanchor: "bottom",
      yshift: 46,
    } as const;
    const notes = [
      note(mark, { ...position, color: color, xshift: left }),
      note(text, { ...position, color: colors.ink, xshift: left + 15 }),
    ];
    left += 15 + textWidth(text, sizes.label) + 16;
    return notes;
  });
}
