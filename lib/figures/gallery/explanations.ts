import { OptionError } from "../../errors.ts";
import type { Figure } from "../figure.ts";
import type { Heading } from "../plotly/style.ts";
import { galleryFigure, type Tile } from "./gallery.ts";

/**
 * Draws images with their explanations, one image per row.
 *
 * @param rows Equally many tiles each; see {@linkcode explanationRow}.
 * @throws {OptionError} If there is no row, or rows differ in length.
 *
 * @example
 * ```ts
 * import { explanationsFigure, imageTile } from "vgg/figures";
 *
 * const tile = await imageTile({ width: 1, height: 1, data: new Uint8Array(3) }, "bison");
 * explanationsFigure([[tile, tile]], { subtitle: "VGG16 on drawn10" }).name; // explanations
 * ```
 */
export function explanationsFigure(
  rows: readonly (readonly Tile[])[],
  { title = "What the net looks at", subtitle }: Partial<Heading> = {},
): Figure {
  const columns = rows[0]?.length ?? 0;
  const other = rows.find(({ length }) => length !== columns);
  if (other) {
    throw new OptionError(
      `rows must have ${columns} tiles like the first one. Received: ${other.length}`,
    );
  }
  return galleryFigure(rows.flat(), {
    ...{ name: "explanations", title, columns, gap: 16 },
    subtitle,
  });
}
