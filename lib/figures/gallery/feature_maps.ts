import type { Grid } from "../../explain/grid.ts";
import type { Figure } from "../figure.ts";
import type { Heading } from "../plotly/style.ts";
import { grouped } from "../plotly/text.ts";
import { galleryFigure } from "./gallery.ts";
import { gridTile } from "./image_tile.ts";

/** The maximum number of maps; further ones are left out. */
const maxShown = 64;

/**
 * Draws the feature maps of a layer for one image, at most the first 64. Each map has its own scale,
 * from 0 (dark) to the number below it.
 *
 * @param maps One grid per channel; see `featureMaps`.
 * @throws {OptionError} If there is no map.
 *
 * @example
 * ```ts
 * import { buildVGG, tf } from "vgg";
 * import { featureMaps } from "vgg/explain";
 * import { featureMapsFigure } from "vgg/figures";
 *
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, width: 0.1 });
 * const [maps] = await featureMaps(model, tf.ones([1, 32, 32, 3]), "block2_conv1");
 * (await featureMapsFigure(maps!)).name; // feature_maps
 * ```
 */
export async function featureMapsFigure(
  maps: readonly Grid[],
  { title = "Feature maps", subtitle }: Partial<Heading> = {},
): Promise<Figure> {
  const shown = maps.slice(0, maxShown);
  const tiles = await Promise.all(shown.map((map, channel) => {
    const max = map.values.reduce((max, value) => Math.max(max, value), 0);
    return gridTile(map, { label: `${channel}: `, text: max.toPrecision(2) });
  }));
  const part = shown.length < maps.length ? `The first ${maxShown} of ${grouped(maps.length)}` : "";
  const below = [subtitle, part].filter(Boolean).join(" · ");
  return galleryFigure(tiles, {
    ...{ name: "feature_maps", title, tileWidth: 104, gap: 12 },
    columns: Math.min(maps.length, 8),
    subtitle: below,
  });
}
