import type { Image } from "../../data/dataset.ts";
import type { ExplainedImage, ExplanationKind } from "../../explain/explain_images.ts";
import type { ClassGrid } from "../../explain/grid.ts";
import { resizeGrid } from "../../explain/resize_grid.ts";
import type { Caption, Tile } from "./gallery.ts";
import { drawGrid, overlayHeat } from "./heat.ts";
import { imageTile } from "./image_tile.ts";

/** The names of the methods below an image. */
const titles: Readonly<Record<ExplanationKind, string>> = {
  "grad-cam": "Grad-CAM",
  "guided-backpropagation": "Guided backpropagation",
  "guided-grad-cam": "Guided Grad-CAM",
  occlusion: "Occlusion",
};

/**
 * Draws an image and its explanations as the tiles of a row of {@linkcode explanationsFigure}.
 *
 * @param image The image in any size; explanations are resized to it.
 * @param captions The lines below the image.
 *
 * @example
 * ```ts
 * import type { ExplainedImage } from "vgg/explain";
 * import { explanationTiles } from "vgg/figures";
 *
 * const image = { width: 2, height: 2, data: new Uint8Array(12) };
 * const grid = { label: 3, width: 1, height: 1, channels: 1, values: Float32Array.of(1) };
 * const explained: ExplainedImage = { label: 3, grids: new Map([["grad-cam", grid]]) };
 * (await explanationTiles(image, explained, "bison")).length; // 2
 * ```
 */
export async function explanationTiles(
  image: Image,
  { grids }: ExplainedImage,
  ...captions: readonly (string | Caption)[]
): Promise<Tile[]> {
  const drawn = Array.from(
    grids,
    ([kind, grid]) => imageTile(drawExplanation(image, grid), { label: titles[kind], text: "" }),
  );
  return await Promise.all([imageTile(image, ...captions), ...drawn]);
}

/** Draws an explanation in an image's size: a heatmap over the image, or gradients as colors. */
export function drawExplanation(image: Image, grid: ClassGrid): Image {
  if (grid.channels === 1) return overlayHeat(image, grid);
  return drawGrid(resizeGrid(grid, image.width, image.height));
}
