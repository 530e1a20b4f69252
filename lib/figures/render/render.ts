import { OptionError } from "../../errors.ts";
import type { Figure } from "../figure.ts";
import type { Draw } from "./jsdom_plotly.ts";
import { rasterize } from "./rasterize.ts";

/** How {@linkcode renderPng} draws. */
export interface RenderOptions {
  /** Image pixels per layout pixel. Default 2, which is sharp on high-density screens. */
  readonly scale?: number;
}

/** Loaded for the first figure: Plotly, its page and its fonts take about a second. */
let plotly: Promise<Draw> | undefined;
/** The last drawing. Figures are drawn one after another, because they share a page. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Draws a figure as SVG without a browser. The same figure always gives the same text.
 *
 * @returns An SVG document of the layout's width and height.
 * @throws {OptionError} If the layout has no width or height.
 *
 * @example
 * ```ts
 * import { renderSvg } from "./render.ts";
 *
 * const layout = { width: 300, height: 200 };
 * const svg = await renderSvg({ name: "line", data: [{ y: [1, 3, 2] }], layout });
 * svg.startsWith("<svg"); // true
 * ```
 */
export async function renderSvg(figure: Figure): Promise<string> {
  const width = side(figure, "width");
  const height = side(figure, "height");
  const draw = last.catch(() => {}).then(async () => {
    plotly ??= import("./jsdom_plotly.ts").then(({ loadPlotly }) => loadPlotly());
    return await (await plotly)(figure, width, height);
  });
  last = draw;
  return await draw;
}

/**
 * Draws a figure as PNG without a browser. The same figure always gives the same bytes.
 *
 * @returns The bytes of a PNG file, `scale` times the layout's width and height.
 * @throws {OptionError} If the layout has no width or height, or `scale` is not positive.
 *
 * @example
 * ```ts
 * import { renderPng } from "vgg/figures";
 *
 * const layout = { width: 300, height: 200 };
 * const png = await renderPng({ name: "line", data: [{ y: [1, 3, 2] }], layout });
 * png.subarray(1, 4); // the letters PNG
 * ```
 */
export async function renderPng(
  figure: Figure,
  { scale = 2 }: RenderOptions = {},
): Promise<Uint8Array> {
  if (!(scale > 0 && scale < Infinity)) {
    throw new OptionError(`scale must be a positive number. Received: ${scale}`);
  }
  const svg = await renderSvg(figure);
  return (await rasterize(svg, scale)).asPng();
}

function side({ name, layout }: Figure, side: "width" | "height"): number {
  const value = layout[side];
  if (value !== undefined && value > 0 && value < Infinity) return value;
  throw new OptionError(
    `the figure ${name} needs a ${side} in its layout, in pixels. Received: ${value}`,
  );
}
