import { makeFigure } from "../displayable.ts";
import { type Figure } from "../figure.ts";
import { galleryFigure, type Tile } from "./gallery.ts";
import { colours, edge, type Heading, heat, note, sizes } from "../plotly/style.ts";

/** Room for the key below the images, in pixels. */
const keyRoom = 34;

/**
 * Images, a row each, with what speaks for their classes beside them, and the key to the colours.
 *
 * @param rows As many tiles each, see {@linkcode explanationTiles}.
 * @throws {RangeError} Where there is no row, or rows differ in length.
 *
 * @example
 * ```ts ignore
 * const tiles = await explanationTiles(large, explained, "bison");
 * explanationsFigure([tiles], { subtitle: "VGG16 on drawn10" });
 * ```
 */
export function explanationsFigure(
  rows: readonly (readonly Tile[])[],
  { title = "What the net looks at", subtitle }: Partial<Heading> = {},
): Figure {
  const columns = rows[0]?.length ?? 0;
  const other = rows.find(({ length }) => length !== columns);
  if (other) {
    throw new RangeError(
      `rows must have ${columns} tiles, as the first. Received: ${other.length}`,
    );
  }
  const { data, layout } = galleryFigure(rows.flat(), {
    ...{ name: "explanations", title, columns, gap: 16 },
    ...(subtitle ? { subtitle } : {}),
  });
  const { height = 0, margin, annotations = [] } = layout;
  const below = { xref: "paper", x: 0, xanchor: "left", yref: "paper", y: 0 } as const;
  const key = note(keyText(), {
    ...below,
    ...{ size: sizes.small, yanchor: "top", yshift: -14, align: "left" },
  });
  return makeFigure({
    name: "explanations",
    data,
    layout: {
      ...layout,
      height: height + keyRoom,
      margin: { ...margin, b: edge + keyRoom },
      annotations: [...annotations, key],
    },
  });
}

function keyText(): string {
  const square = (colour: string): string => `<span style="color:${colour}">■</span>`;
  return `Heat: ${heat.map(square).join("")} the lighter, the more it speaks for the class; ` +
    `${square(colours.train)} against it`;
}
