import type { Bundle } from "../../display/bundle.ts";
import type { Figure } from "../figure.ts";
import { renderPng } from "./render.ts";

/** What a laptop's JupyterLab has room for beside its list of files, in pixels. */
const widestPlot = 1000;

/**
 * What a figure looks like in a notebook: an image, and where there are curves or cells to hover
 * over also Plotly's JSON, which JupyterLab's Plotly extension takes once the mouse is there. Plots
 * are never made smaller to fit in, so that wide ones are left at the image.
 */
export async function figureBundle(figure: Figure): Promise<Bundle> {
  const { data, layout } = figure;
  const { width = 0, images = [] } = layout;
  if (data.length > 0 && width <= widestPlot) {
    return {
      // The extension shows the image in its own size first.
      ...await imageBundle(figure, 1),
      "application/vnd.plotly.v1+json": { data, layout, config: { displayModeBar: false } },
    };
  }
  // Photographs gain nothing by more pixels than they have.
  return await imageBundle(figure, images.length > 0 ? 1.5 : 2);
}

/**
 * A figure as an image in 256 colours, a third as large for a notebook's file; its density says how
 * large it is to be shown.
 */
export async function imageBundle(figure: Figure, scale = 2): Promise<Bundle> {
  const { name, layout: { width, height } } = figure;
  const { default: sharp } = await import("sharp");
  const png = await sharp(await renderPng(figure, { scale }))
    .withMetadata({ density: 72 * scale })
    .png({ palette: true })
    .toBuffer();
  return {
    "text/plain": `figure ${name}, ${width} × ${height} px`,
    "image/png": png.toString("base64"),
  };
}
