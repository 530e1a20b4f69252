import type { Picture } from "../../data/dataset.ts";
import { encodePng } from "../../data/images/encode_png.ts";
import type { Caption, Tile } from "./gallery.ts";

/**
 * A picture of a data set as a gallery's tile.
 *
 * @param captions The lines below it.
 *
 * @example
 * ```ts
 * import { drawn10 } from "../../data/drawn10/mod.ts";
 * import { galleryFigure } from "./gallery.ts";
 * import { pictureTile } from "./image_tile.ts";
 *
 * const picture = await drawn10().train.picture(0, { mode: "squash", size: 64 });
 * galleryFigure([await pictureTile(picture, "bucket")], { title: "A bucket" }).name; // gallery
 * ```
 */
export async function pictureTile(
  picture: Picture,
  ...captions: readonly (string | Caption)[]
): Promise<Tile> {
  const { width, height } = picture;
  return {
    picture: `data:image/png;base64,${(await encodePng(picture)).toBase64()}`,
    width,
    height,
    captions: captions.map((caption) => typeof caption === "string" ? { text: caption } : caption),
  };
}
