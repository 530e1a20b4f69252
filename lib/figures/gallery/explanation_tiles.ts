import type { Picture } from "../../data/dataset.ts";
import type { ExplainedPicture, ExplanationKind } from "../../explain/explain_pictures.ts";
import type { ClassGrid } from "../../explain/grid.ts";
import { resizeGrid } from "../../explain/resize_grid.ts";
import type { Caption, Tile } from "./gallery.ts";
import { drawGrid, overlayHeat } from "./heat.ts";
import { pictureTile } from "./image_tile.ts";

/** What the ways of explaining are called below a picture. */
const titles: Readonly<Record<ExplanationKind, string>> = {
  "grad-cam": "Grad-CAM",
  "guided-backpropagation": "Guided backpropagation",
  "guided-grad-cam": "Guided Grad-CAM",
  occlusion: "Occlusion",
};

/**
 * Tiles for a row of {@linkcode explanationsFigure}: a picture and its explanations.
 *
 * @param picture Of any size: what the net saw of it is stretched over it.
 * @param captions The lines below the picture.
 *
 * @example
 * ```ts ignore
 * const [explained] = await explainPictures(net, [small]);
 * const tiles = await explanationTiles(large, explained, net.classes[explained.label].name);
 * ```
 */
export async function explanationTiles(
  picture: Picture,
  { grids }: ExplainedPicture,
  ...captions: readonly (string | Caption)[]
): Promise<Tile[]> {
  const drawn = Array.from(
    grids,
    ([kind, grid]) =>
      pictureTile(drawExplanation(picture, grid), { label: titles[kind], text: "" }),
  );
  return await Promise.all([pictureTile(picture, ...captions), ...drawn]);
}

/** An explanation as a picture of a size: heat over the picture, or gradients as colours. */
export function drawExplanation(picture: Picture, grid: ClassGrid): Picture {
  if (grid.channels === 1) return overlayHeat(picture, grid);
  return drawGrid(resizeGrid(grid, picture.width, picture.height));
}
