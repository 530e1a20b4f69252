import type { Grid } from "../../explain/grid.ts";
import type { Caption, Tile } from "./gallery.ts";
import { drawGrid } from "./heat.ts";
import { imageTile } from "./image_tile.ts";

/** The least pixels along a drawn grid's shorter side: cells must stay squares where it is enlarged. */
const least = 96;

/** A grid as a gallery's tile, see {@linkcode drawGrid}. */
export function gridTile(grid: Grid, ...captions: readonly (string | Caption)[]): Promise<Tile> {
  const scale = Math.ceil(least / Math.min(grid.width, grid.height));
  return imageTile(drawGrid(grid, scale), ...captions);
}
