import { OptionError } from "../../errors.ts";
import type { Figure } from "../figure.ts";
import { colors, edge, type Heading, heat, note, sizes } from "../plotly/style.ts";
import { makeFigure } from "../render/figure_bundle.ts";
import { galleryFigure, type Tile } from "./gallery.ts";

/** The height of the color key below the images, in pixels. */
const keyHeight = 34;

/**
 * Draws images with their explanations, one image per row, and a key to the colors.
 *
 * @param rows Equally many tiles each; see {@linkcode explanationTiles}.
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
  const { data, layout } = galleryFigure(rows.flat(), {
    ...{ name: "explanations", title, columns, gap: 16 },
    subtitle,
  });
  const { height = 0, margin, annotations = [] } = layout;
  const bottomLeft = { xref: "paper", x: 0, xanchor: "left", yref: "paper", y: 0 } as const;
  const key = note(keyText(), {
    ...bottomLeft,
    ...{ size: sizes.small, yanchor: "top", yshift: -14, align: "left" },
  });
  return makeFigure({
    name: "explanations",
    data,
    layout: {
      ...layout,
      height: height + keyHeight,
      margin: { ...margin, b: edge + keyHeight },
      annotations: [...annotations, key],
    },
  });
}

function keyText(): string {
  const square = (color: string): string => `<span style="color:${color}">■</span>`;
  return `${heat.map(square).join("")} lighter means more evidence for the class; ` +
    `${square(colors.train)} evidence against it`;
}
