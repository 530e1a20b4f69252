import type { Image } from "../../data/dataset.ts";
import { encodePng } from "../../data/images/encode_png.ts";
import type { Caption, Tile } from "./gallery.ts";

/**
 * An image of a data set as a gallery's tile.
 *
 * @param captions The lines below it.
 *
 * @example
 * ```ts
 * import { drawn10 } from "../../data/drawn10/mod.ts";
 * import { galleryFigure } from "./gallery.ts";
 * import { imageTile } from "./image_tile.ts";
 *
 * const image = await drawn10().train.image(0, { mode: "stretch", size: 64 });
 * galleryFigure([await imageTile(image, "bucket")], { title: "A bucket" }).name; // gallery
 * ```
 */
export async function imageTile(
  image: Image,
  ...captions: readonly (string | Caption)[]
): Promise<Tile> {
  const { width, height } = image;
  return {
    image: `data:image/png;base64,${(await encodePng(image)).toBase64()}`,
    width,
    height,
    captions: captions.map((caption) => typeof caption === "string" ? { text: caption } : caption),
  };
}
