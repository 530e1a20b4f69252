import type { Annotations, Data, LayoutAxis } from "plotly.js";
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
  labelGap,
  note,
  sizes,
  titleAbove,
} from "../plotly/style.ts";
import { plain, textWidth } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** One line of a {@linkcode linesFigure}. */
export interface Line {
  /** The label at the line's right end. */
  readonly name: string;
  /** One y value per place; a value that is NaN or infinite leaves a gap. */
  readonly values: readonly number[];
  /** The x value of each point. Default: 1, 2, 3 and so on. */
  readonly places?: readonly number[];
}

/** How {@linkcode linesFigure} draws. */
export interface LinesOptions extends Heading {
  /** The figure's name. Default `lines`. */
  readonly name?: string;
  /** The title of the x axis. */
  readonly xTitle: string;
  /** The title of the y axis. */
  readonly yTitle: string;
  /** Whether the y axis is logarithmic. Default false. */
  readonly logarithmic?: boolean;
  /** The ends of the y axis. Default: the range of the values. */
  readonly range?: readonly [number, number];
  /** A dotted horizontal line and its label. */
  readonly level?: { readonly value: number; readonly label: string };
  /** The labels of places 1, 2, 3 and so on, instead of numbers. */
  readonly ticks?: readonly string[];
}

const plot = { width: 620, height: 330 } as const;
/** Space for the numbers left of the y axis, in pixels. */
const labels = 46;
/** Distinct with every common form of color blindness: blue, red, amber, green, violet, gray. */
const palette = ["#1f6fb5", "#d43d2f", "#f4a742", "#2a9d6f", "#8a4fb0", "#667380"] as const;

/**
 * Draws up to six lines over one x axis, each with its name at its right end.
 *
 * @throws {OptionError} If there is no line, or there are more than six.
 *
 * @example
 * ```ts
 * import { linesFigure } from "vgg";
 *
 * const rates = { name: "rate", values: [0.1, 0.01] };
 * linesFigure([rates], { title: "Learning rate", xTitle: "epoch", yTitle: "rate" }).name; // lines
 * ```
 */
export function linesFigure(lines: readonly Line[], options: LinesOptions): Figure {
  if (lines.length === 0 || lines.length > palette.length) {
    throw new OptionError(`a figure has 1 to ${palette.length} lines. Received: ${lines.length}`);
  }
  const { name = "lines", title, subtitle, ticks } = options;
  const names = Math.max(...lines.map((line) => textWidth(line.name, sizes.label)));
  const layout = houseLayout({ title, subtitle }, {
    plot,
    margin: {
      left: edge + labels,
      right: Math.ceil(edge + 12 + names),
      top: 50,
      bottom: ticks ? 104 : 62,
    },
  });
  return makeFigure({
    name,
    data: lines.map(drawLine),
    layout: {
      ...layout,
      xaxis: placeAxis(lines, options),
      yaxis: valueAxis(options),
      shapes: options.level ? [levelLine(options.level.value)] : [],
      annotations: [
        titleAbove(options.yTitle, labels),
        ...(options.level ? [levelLabel(options.level, options)] : []),
        ...endLabels(lines, options),
      ],
    },
  });
}

function placesOf({ values, places }: Line): readonly number[] {
  return places ?? values.map((_, index) => index + 1);
}

function drawLine(line: Line, index: number): Partial<Data> {
  const color = palette[index]!;
  const few = line.values.length <= 20;
  return {
    type: "scatter",
    name: line.name,
    x: [...placesOf(line)],
    y: line.values.map((value) => Number.isFinite(value) ? value : null),
    mode: few ? "lines+markers" : "lines",
    line: { color, width: 2 },
    marker: { color, size: 5 },
    hovertemplate: "%{x}: %{y:.4~g}",
  };
}

function placeAxis(
  lines: readonly Line[],
  { xTitle, ticks }: LinesOptions,
): Partial<LayoutAxis> {
  const places = lines.flatMap(placesOf);
  const isCounted = places.every(Number.isInteger) &&
    Math.max(...places) - Math.min(...places) < 10;
  const named = ticks
    ? { tickvals: ticks.map((_, index) => index + 1), ticktext: ticks.map(plain), tickangle: -45 }
    : isCounted
    ? { dtick: 1 }
    : { nticks: 10 };
  return curveAxis(xTitle, named);
}

function valueAxis({ logarithmic = false, range }: LinesOptions): Partial<LayoutAxis> {
  const scale = (value: number): number => logarithmic ? Math.log10(value) : value;
  return houseAxis({
    ...(logarithmic ? { type: "log", exponentformat: "power", dtick: 1 } : { nticks: 7 }),
    ...(range ? { range: [scale(range[0]), scale(range[1])] } : {}),
    ...gridLines,
    ...labelGap(6),
  });
}

/** The names at the ends of the lines, moved apart if the ends are close. */
function endLabels(
  lines: readonly Line[],
  { logarithmic = false, range }: LinesOptions,
): Partial<Annotations>[] {
  const scale = (value: number): number => logarithmic ? Math.log10(value) : value;
  const values = lines.flatMap((line) => line.values.filter(Number.isFinite)).map(scale);
  const [low, high] = range?.map(scale) ?? [Math.min(...values), Math.max(...values)];
  const height = (value: number): number =>
    (Math.min(high!, Math.max(low!, scale(value))) - low!) / (high! - low! || 1);
  const ends = lines
    .map((line, index) => ({ line, index, last: line.values.findLast(Number.isFinite) ?? NaN }))
    .filter(({ last }) => Number.isFinite(last))
    .map((end) => ({ ...end, y: height(end.last) }))
    .sort((one, other) => one.y - other.y);
  const minDistance = 17 / plot.height;
  ends.forEach((end, index) => {
    const below = ends[index - 1];
    if (below) end.y = Math.max(end.y, below.y + minDistance);
  });
  const excess = Math.max(0, (ends.at(-1)?.y ?? 0) - 1);
  return ends.map(({ line, index, y }) =>
    note(`<b>${plain(line.name)}</b>`, {
      size: sizes.label,
      color: palette[index]!,
      xref: "paper",
      x: 1,
      xanchor: "left",
      xshift: 8,
      yref: "paper",
      y: y - excess,
      align: "left",
    })
  );
}

function levelLine(value: number): NonNullable<Figure["layout"]["shapes"]>[number] {
  return {
    type: "line",
    layer: "below",
    xref: "paper",
    x0: 0,
    x1: 1,
    yref: "y",
    y0: value,
    y1: value,
    line: { color: colors.muted, width: 1.25, dash: "dot" },
  };
}

function levelLabel(
  { value, label }: { value: number; label: string },
  { logarithmic = false }: LinesOptions,
): Partial<Annotations> {
  return note(plain(label), {
    xref: "paper",
    x: 1,
    xanchor: "right",
    bgcolor: "rgba(255,255,255,0.8)",
    yref: "y",
    y: logarithmic ? Math.log10(value) : value,
    yanchor: "bottom",
  });
}
