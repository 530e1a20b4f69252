import type { Annotations, Layout, LayoutAxis } from "plotly.js";
import { fontFamily } from "../render/fonts.ts";
import { colors } from "./palette.ts";
import { plain, wrap } from "./text.ts";

export { colors, heat } from "./palette.ts";

/** Font sizes in pixels. */
export const sizes = { title: 19, subtitle: 12.5, label: 12.5, small: 11, tiny: 9.5 } as const;

/** Distance of texts from the image's edge in pixels. */
export const edge = 28;

/** The text above a figure. */
export interface Heading {
  /** A bold line. */
  readonly title: string;
  /** A gray line below the title that says what was measured on which data. */
  readonly subtitle?: string | undefined;
}

/** How a figure with a version for phones is drawn. */
export interface FigureOptions extends Partial<Heading> {
  /** Whether to draw it for a phone, without what is beside the plot. Default false. */
  readonly narrow?: boolean;
}

/** The dimensions of an image in pixels. `plot` lies inside the margins and below the heading. */
export interface Frame {
  readonly plot: { readonly width: number; readonly height: number };
  readonly margin: {
    readonly left: number;
    readonly right: number;
    readonly bottom: number;
    /** Between the heading and the plot. */
    readonly top: number;
  };
}

/** The distance between the baselines of a heading in pixels: Plotly's 1.3 font sizes. */
export const headingLine = 1.3 * sizes.title;

/** The layout of all figures: white, with a heading at the left, exact margins and no legend. */
export function houseLayout(
  { title, subtitle }: Heading,
  { plot, margin }: Frame,
): Partial<Layout> {
  const width = Math.round(margin.left + plot.width + margin.right);
  // Bold letters are about 10 % wider.
  const titles = wrap(title, (width - 2 * edge) / 1.1, sizes.title);
  const subtitles = subtitle ? wrap(subtitle, width - 2 * edge, sizes.subtitle) : [];
  const lines = titles.length + subtitles.length;
  const top = Math.round(edge + lines * headingLine + margin.top);
  const font = { family: `${fontFamily}, Verdana, sans-serif`, size: sizes.label };
  return {
    width,
    height: Math.round(top + plot.height + margin.bottom),
    margin: { l: margin.left, r: margin.right, t: top, b: margin.bottom, pad: 0 },
    paper_bgcolor: colors.paper,
    plot_bgcolor: colors.paper,
    font: { ...font, color: colors.ink },
    hoverlabel: { font },
    showlegend: false,
    title: {
      // One text, because Plotly draws a subtitle of two lines over the title.
      text: [
        ...titles.map((line) => `<b>${plain(line)}</b>`),
        ...subtitles.map((line) => span(plain(line), sizes.subtitle, colors.muted)),
      ].join("<br>"),
      font: { size: sizes.title, color: colors.ink },
      xref: "container",
      x: 0,
      xanchor: "left",
      yref: "container",
      y: 1,
      yanchor: "top",
      // Plotly draws the first of several lines half a line higher than a single one.
      pad: { l: edge, t: Math.round(edge - 4 + (lines > 1 ? headingLine / 2 : 0)), r: 0, b: 0 },
    },
  };
}

/**
 * An axis in the style of all figures. Margins are exact: nothing moves to make space, and no label is
 * dropped.
 */
export function houseAxis(axis: Partial<LayoutAxis> = {}): Partial<LayoutAxis> {
  return {
    automargin: false,
    ticklabeloverflow: "allow",
    showgrid: false,
    zeroline: false,
    fixedrange: true,
    ...axis,
    tickfont: { size: sizes.small, color: colors.muted, ...axis.tickfont },
  };
}

/** Grid lines of an axis. */
export const gridLines = { showgrid: true, gridcolor: colors.line } as const;

/** Invisible ticks, which keep an axis's labels away from the plot. */
export function labelGap(ticklen: number): Pick<LayoutAxis, "ticks" | "ticklen" | "tickcolor"> {
  return { ticks: "outside", ticklen, tickcolor: colors.paper };
}

/** The horizontal axis of curves: a line with ticks, and a title below it. */
export function curveAxis(title: string, axis: Partial<LayoutAxis>): Partial<LayoutAxis> {
  return houseAxis({
    title: { text: title, standoff: 12, font: { size: sizes.label, color: colors.muted } },
    showline: true,
    linecolor: colors.faint,
    ticks: "outside",
    ticklen: 5,
    tickcolor: colors.faint,
    ...axis,
  });
}

/** An invisible axis, which only positions things. */
export function hiddenAxis(range: [number, number]): Partial<LayoutAxis> {
  return houseAxis({ range, visible: false });
}

/** A text annotation without an arrow. */
export function note(
  text: string,
  { size = sizes.small, color = colors.muted, ...position }:
    & Partial<Annotations>
    & { size?: number; color?: string },
): Partial<Annotations> {
  return { text, showarrow: false, borderpad: 0, ...position, font: { size, color } };
}

/**
 * A title above a panel, aligned left.
 *
 * @param axis The suffix of the panel's axes: "" for the first panel, then "2".
 */
export function panelTitle(
  text: string,
  axis: string,
  { size = sizes.label + 1, yshift = 12 } = {},
): Partial<Annotations> {
  return note(text, {
    size,
    color: colors.ink,
    xref: `x${axis} domain` as "x",
    x: 0,
    xanchor: "left",
    yref: "paper",
    y: 1,
    yanchor: "bottom",
    yshift,
  });
}

/**
 * A horizontal title above the y axis, which is easier to read than one along it.
 *
 * @param offset How far left of the axis it starts, in pixels.
 */
export function titleAbove(title: string, offset: number): Partial<Annotations> {
  return note(plain(title), {
    size: sizes.label,
    xref: "paper",
    x: 0,
    xanchor: "left",
    xshift: -offset,
    yref: "paper",
    y: 1,
    yanchor: "bottom",
    yshift: 10,
  });
}

/** Sets the size and color of a part of a Plotly text. */
export function span(text: string, size: number, color: string): string {
  return `<span style="font-size:${size}px;color:${color}">${text}</span>`;
}
