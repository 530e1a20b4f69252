import type { Grid } from "../../explain/grid.ts";
import type { Figure } from "../figure.ts";
import { galleryFigure } from "./gallery.ts";
import { gridTile } from "./grid_tile.ts";
import type { Heading } from "../plotly/style.ts";
import { grouped } from "../plotly/text.ts";

/** The most maps that are drawn. */
const mostShown = 64;

/**
 * What a layer makes of one image, a map a channel: dark is 0, and each map has its own scale, up to
 * the number below it. Shows the first 64.
 *
 * @throws {RangeError} Where there is no map.
 *
 * @example
 * ```ts
 * import { buildVGG, featureMaps, featureMapsFigure, tf } from "vgg";
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
  const shown = maps.slice(0, mostShown);
  const tiles = await Promise.all(shown.map((map, channel) => {
    const most = map.values.reduce((most, value) => Math.max(most, value), 0);
    return gridTile(map, { label: `${channel}: `, text: most.toPrecision(2) });
  }));
  const left = shown.length < maps.length
    ? `The first ${mostShown} of ${grouped(maps.length)}`
    : "";
  const below = [subtitle, left].filter(Boolean).join(" · ");
  return galleryFigure(tiles, {
    ...{ name: "feature_maps", title, tileWidth: 104, gap: 12 },
    columns: Math.min(maps.length, 8),
    ...(below ? { subtitle: below } : {}),
  });
}
