import type { Grid } from "../../explain/grid.ts";
import type { Figure } from "../figure.ts";
import type { Heading } from "../plotly/style.ts";
import { galleryFigure } from "./gallery.ts";
import { gridTile } from "./image_tile.ts";

/**
 * Draws the filters of a first layer as small color images. Gray is 0, and each filter has its own
 * scale.
 *
 * @param filters See `firstFilters`.
 * @throws {OptionError} If there is no filter.
 *
 * @example
 * ```ts
 * import { buildVGG } from "vgg";
 * import { firstFilters } from "vgg/explain";
 * import { firstFiltersFigure } from "vgg/figures";
 *
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, width: 0.1 });
 * (await firstFiltersFigure(await firstFilters(model))).name; // first_filters
 * ```
 */
export async function firstFiltersFigure(
  filters: readonly Grid[],
  { title = "Filters of the first layer", subtitle }: Partial<Heading> = {},
): Promise<Figure> {
  const tiles = await Promise.all(filters.map((filter) => gridTile(filter)));
  return galleryFigure(tiles, {
    ...{ name: "first_filters", title, tileWidth: 62, gap: 10 },
    columns: Math.min(filters.length, 16),
    subtitle,
  });
}
