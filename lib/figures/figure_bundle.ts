import type { Buffer } from "node:buffer";
import type { Bundle } from "../display/bundle.ts";
import type { Figure } from "./figure.ts";
import { renderPng } from "./render.ts";

/**
 * What a figure looks like in a notebook: a picture, and where there are curves or cells to hover
 * over also Plotly's JSON, which JupyterLab's Plotly extension prefers.
 */
export async function figureBundle(figure: Figure): Promise<Bundle> {
  const { name, data, layout } = figure;
  const { width, height } = layout;
  return {
    "text/plain": `figure ${name}, ${width} × ${height} px`,
    "image/png": (await smallPng(figure)).toString("base64"),
    ...(data.length > 0
      ? { "application/vnd.plotly.v1+json": { data, layout, config: { displayModeBar: false } } }
      : {}),
  };
}

/**
 * A picture in 256 colours, a third as large for a notebook's file; its density says how large it is
 * to be shown. Photographs gain nothing by more pixels than they have.
 */
async function smallPng(figure: Figure): Promise<Buffer> {
  const scale = (figure.layout.images ?? []).length > 0 ? 1.5 : 2;
  const { default: sharp } = await import("sharp");
  return await sharp(await renderPng(figure, { scale }))
    .withMetadata({ density: 72 * scale })
    .png({ palette: true })
    .toBuffer();
}
