import type { ChannelPatches } from "../../explain/strongest_patches.ts";
import type { Figure } from "../figure.ts";
import { galleryFigure } from "../gallery/gallery.ts";
import { imageTile } from "../gallery/image_tile.ts";
import type { Heading } from "../plotly/style.ts";

/** The width of a row of patches, and the minimum and maximum side of a patch, in pixels. */
const rowWidth = 1000, minSide = 72, maxSide = 160;

/**
 * Draws the patches that activate channels most: a row per channel, strongest first, with the
 * activation below each patch.
 *
 * @param channels From `strongestPatches`, with equally many patches for every channel.
 * @throws {OptionError} If there is no patch.
 *
 * @example
 * ```ts
 * import { patchesFigure } from "vgg/figures";
 *
 * const image = { width: 1, height: 1, data: new Uint8Array(3) };
 * const patches = [{ sample: 0, activation: 2.5, image, left: 0, top: 0 }];
 * (await patchesFigure([{ channel: 4, patches }])).name; // patches
 * ```
 */
export async function patchesFigure(
  channels: readonly ChannelPatches[],
  { title = "What channels look for", subtitle }: Partial<Heading> = {},
): Promise<Figure> {
  const columns = Math.max(0, ...channels.map(({ patches }) => patches.length));
  const tiles = await Promise.all(
    channels.flatMap(({ channel, patches }) =>
      patches.map(({ image, activation }) =>
        imageTile(image, { label: `channel ${channel}: `, text: activation.toPrecision(3) })
      )
    ),
  );
  const gap = 12;
  const side = Math.round(rowWidth / Math.max(1, columns)) - gap;
  return galleryFigure(tiles, {
    ...{ name: "patches", title, columns, gap },
    tileWidth: Math.min(maxSide, Math.max(minSide, side)),
    subtitle,
  });
}
