import type { ChannelPatches } from "../../explain/strongest_patches.ts";
import type { Figure } from "../figure.ts";
import { galleryFigure } from "../gallery/gallery.ts";
import { imageTile } from "../gallery/image_tile.ts";
import type { Heading } from "../plotly/style.ts";

/** The width of a row of patches, and a patch's least and largest side, in pixels. */
const rowWidth = 1000, minSide = 72, largestSide = 160;

/**
 * The patches that excite channels most: a row a channel, strongest first, with the activation below.
 *
 * @param found Of `strongestPatches`: as many patches for every channel.
 * @throws {RangeError} Where there is no patch.
 *
 * @example
 * ```ts ignore
 * const found = await strongestPatches(net, dataset.validation, "block3_conv3_relu");
 * const figure = await patchesFigure(found);
 * ```
 */
export async function patchesFigure(
  found: readonly ChannelPatches[],
  { title = "What channels look for", subtitle }: Partial<Heading> = {},
): Promise<Figure> {
  const columns = Math.max(0, ...found.map(({ patches }) => patches.length));
  const tiles = await Promise.all(
    found.flatMap(({ channel, patches }) =>
      patches.map(({ image, activation }) =>
        imageTile(image, { label: `channel ${channel}: `, text: activation.toPrecision(3) })
      )
    ),
  );
  const gap = 12;
  const side = Math.round(rowWidth / Math.max(1, columns)) - gap;
  return galleryFigure(tiles, {
    ...{ name: "patches", title, columns, gap },
    tileWidth: Math.min(largestSide, Math.max(minSide, side)),
    ...(subtitle ? { subtitle } : {}),
  });
}
