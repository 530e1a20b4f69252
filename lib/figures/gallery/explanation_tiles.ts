import type { Image } from "../../data/dataset.ts";
import type { ExplainedImage, ExplanationKind } from "../../explain/explain_images.ts";
import type { ClassGrid } from "../../explain/grid.ts";
import { resizeGrid } from "../../explain/resize_grid.ts";
import type { Caption, Tile } from "./gallery.ts";
import { drawGrid, overlayHeat } from "./heat.ts";
import { imageTile } from "./image_tile.ts";

/** What the ways of explaining are called below an image. */
const titles: Readonly<Record<ExplanationKind, string>> = {
  "grad-cam": "Grad-CAM",
  "guided-backpropagation": "Guided backpropagation",
  "guided-grad-cam": "Guided Grad-CAM",
  occlusion: "Occlusion",
};

/**
 * Tiles for a row of {@linkcode explanationsFigure}: an image and its explanations.
 *
 * @param image Of any size: what the net saw of it is stretched over it.
 * @param captions The lines below the image.
 *
 * @example
 * ```ts ignore
 * const [explained] = await explainImages(net, [small]);
 * const tiles = await explanationTiles(large, explained, net.classes[explained.label].name);
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

/** An explanation as an image of a size: heat over the image, or gradients as colours. */
export function drawExplanation(image: Image, grid: ClassGrid): Image {
  if (grid.channels === 1) return overlayHeat(image, grid);
  return drawGrid(resizeGrid(grid, image.width, image.height));
}
