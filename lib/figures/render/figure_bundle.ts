import type { Config } from "plotly.js";
import { type Bundle, metadataType, showAs } from "../../display/bundle.ts";
import type { Figure } from "../figure.ts";
import { figureAlternative } from "./alternative.ts";
import { renderPng } from "./render.ts";

/** The width of a plot that fits beside the file browser of JupyterLab on a laptop, in pixels. */
const maxPlotWidth = 1000;

/** Makes a figure show itself as the last value of a notebook's cell. It stays plain data. */
export function makeFigure(figure: Figure): Figure {
  return showAs(figure, figureBundle);
}

/**
 * Describes a figure for a notebook: an image and, if there is data to hover over, also Plotly's JSON,
 * which JupyterLab's Plotly extension draws as soon as the mouse enters. JupyterLab does not shrink
 * plots to fit, so wide figures are shown as an image only.
 */
export async function figureBundle(figure: Figure): Promise<Bundle> {
  const { data, layout } = figure;
  const { width = 0, images = [] } = layout;
  if (data.length > 0 && width <= maxPlotWidth) {
    return {
      // The extension first shows the image, at its size in pixels.
      ...await imageBundle(figure, 1),
      "application/vnd.plotly.v1+json": { data, layout, config: plotlyConfig(figure) },
    };
  }
  // Photographs do not gain from more pixels than they have.
  return await imageBundle(figure, images.length > 0 ? 1.25 : 2);
}

/** One button, which saves the figure as SVG; the notebook itself has it as PNG. */
function plotlyConfig({ name }: Figure): Partial<Config> {
  return {
    displaylogo: false,
    modeBarButtons: [["toImage"]],
    toImageButtonOptions: { format: "svg", filename: name },
    locales: { "en-US": { dictionary: { "Download plot": "Save as SVG" } } },
  };
}

/**
 * Describes a figure as a PNG of 256 colors, which makes notebook files a third as large. The density
 * of the PNG sets the size at which it is shown.
 */
export async function imageBundle(figure: Figure, scale = 2): Promise<Bundle> {
  const { name, layout: { width = 0, height = 0, images = [] } } = figure;
  const { default: sharp } = await import("sharp");
  const png = await sharp(await renderPng(figure, { scale }))
    .withMetadata({ density: 72 * scale })
    .png({ palette: true })
    .toBuffer();
  return {
    "text/plain": `figure ${name}, ${width} × ${height} px`,
    "image/png": png.toString("base64"),
    [metadataType]: {
      "image/png": {
        width,
        height,
        alt: figureAlternative(figure),
        ...(images.length > 0 ? {} : { needs_background: "light" }),
      },
    },
  };
}
