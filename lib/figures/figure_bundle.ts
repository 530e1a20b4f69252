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
    "image/png": (await renderPng(figure)).toBase64(),
    ...(data.length > 0
      ? { "application/vnd.plotly.v1+json": { data, layout, config: { displayModeBar: false } } }
      : {}),
  };
}
