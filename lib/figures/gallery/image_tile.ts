import type { Image } from "../../data/dataset.ts";
import { encodePng } from "../../data/images/encode_png.ts";
import type { Grid } from "../../explain/grid.ts";
import type { Caption, Tile } from "./gallery.ts";
import { drawGrid } from "./heat.ts";

/** The minimum size of a drawn grid's shorter side in pixels: enlarged cells must remain squares. */
const minGridSide = 96;

/**
 * Makes a gallery tile of an image.
 *
 * @param captions The lines below the image.
 *
 * @example
 * ```ts
 * import { galleryFigure, imageTile, loadDataset } from "vgg";
 *
 * const { train } = await loadDataset("drawn10");
 * const image = await train.image(0, { mode: "stretch", size: 64 });
 * galleryFigure([await imageTile(image, "bucket")], { title: "A bucket" }).name; // gallery
 * ```
 */
export async function imageTile(
  image: Image,
  ...captions: readonly (string | Caption)[]
): Promise<Tile> {
  const { width, height } = image;
  return {
    image: await imageUrl(image),
    width,
    height,
    captions: captions.map((caption) => typeof caption === "string" ? { text: caption } : caption),
  };
}

/** Encodes an image as a `data:` URL. */
export async function imageUrl(image: Image): Promise<string> {
  return `data:image/png;base64,${(await encodePng(image)).toBase64()}`;
}

/** Makes a gallery tile of a grid, see {@linkcode drawGrid}. */
export function gridTile(grid: Grid, ...captions: readonly (string | Caption)[]): Promise<Tile> {
  const scale = Math.ceil(minGridSide / Math.min(grid.width, grid.height));
  return imageTile(drawGrid(grid, scale), ...captions);
}
