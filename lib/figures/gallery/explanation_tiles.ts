import type { Image } from "../../data/dataset.ts";
import type { ExplainedImage, ExplanationKind } from "../../explain/explain_images.ts";
import { drawExplanation } from "./draw_explanation.ts";
import type { Caption, Tile } from "./gallery.ts";
import { imageTile, imageUrl } from "./image_tile.ts";

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
 * const grid = { label: 0, width: 1, height: 1, channels: 1, values: Float32Array.of(1) };
 * const classes = [{ id: "n02410509", name: "bison" }];
 * const explained: ExplainedImage = { label: 0, classes, grids: new Map([["grad-cam", grid]]) };
 * (await explanationTiles(image, explained, "bison")).length; // 2
 * ```
 */
export async function explanationTiles(
  image: Image,
  explained: ExplainedImage,
  ...captions: readonly (string | Caption)[]
): Promise<Tile[]> {
  const kinds = [...explained.grids.keys()];
  return await Promise.all([
    imageTile(image, ...captions),
    ...kinds.map((kind) => explanationTile(image, explained, kind)),
  ]);
}

/** Draws one of an image's explanations, see {@linkcode drawExplanation}. */
export async function explanationTile(
  image: Image,
  explained: ExplainedImage,
  kind: ExplanationKind,
): Promise<Tile> {
  const drawn = drawExplanation(image, explained, kind);
  const { bar, ...ends } = drawn.scale;
  return {
    ...await imageTile(drawn.image, { label: drawn.method, text: "" }, {
      label: "for ",
      ...drawn.className,
    }),
    scale: { ...ends, bar: await imageUrl(bar) },
  };
}
