import type { Annotations, Image, Shape } from "plotly.js";
import { makeFigure } from "../displayable.ts";
import { type Figure } from "../figure.ts";
import {
  colours,
  edge,
  type Heading,
  hiddenAxis,
  houseLayout,
  note,
  sizes,
  span,
} from "../plotly/style.ts";
import { plain, shorten, textWidth } from "../plotly/text.ts";

/** A line below an image: what it says in grey, in bold, and after that. */
export interface Caption {
  readonly label?: string;
  /** Shortened where the line is too long. */
  readonly text: string;
  readonly end?: string;
  /** Of all but the label. Default: the ink of titles. */
  readonly colour?: string;
}

/** An image of a {@linkcode galleryFigure} and the lines below it. */
export interface Tile {
  /** A PNG or JPEG file as a `data:` URL. */
  readonly image: string;
  /** The image's own measures in pixels. */
  readonly width: number;
  readonly height: number;
  readonly captions: readonly Caption[];
}

/** How {@linkcode galleryFigure} draws. */
export interface GalleryOptions extends Heading {
  /** The figure's name. Default `gallery`. */
  readonly name?: string;
  /** Images in a row. Default: four to six, whichever leaves the fewest places empty. */
  readonly columns?: number;
  /** An image's width in pixels. Default 216. */
  readonly tileWidth?: number;
  /** The room between images in pixels. Default 22. */
  readonly gap?: number;
}

/** In pixels: the room around captions, and from one caption to the next. */
const captionRoom = 8, captionLine = 18;
/** Room for the heading beside few images, in pixels. */
const minimumWidth = 460;

/**
 * Images in rows, each with its lines below it.
 *
 * @throws {RangeError} Where there is no image.
 *
 * @example
 * ```ts ignore
 * const image = await dataset.train.image(0, { mode: "stretch", size: 64 });
 * galleryFigure([await imageTile(image, "bison")], { title: "An image" });
 * ```
 */
export function galleryFigure(tiles: readonly Tile[], options: GalleryOptions): Figure {
  if (tiles.length === 0) throw new RangeError("a gallery needs an image or more. Received: none");
  const { name = "gallery", tileWidth = 216, gap = 22 } = options;
  const { columns = columnsFor(tiles.length) } = options;
  const rows = Math.ceil(tiles.length / columns);
  const lines = Math.max(...tiles.map(({ captions }) => captions.length));
  const imageHeight = Math.round(tileWidth / tileAspect(tiles));
  const pitch = imageHeight + (lines > 0 ? 2 * captionRoom + lines * captionLine : 0) + gap;
  const width = columns * (tileWidth + gap) - gap;
  const height = rows * pitch - gap;
  const side = Math.max(edge, (minimumWidth - width) / 2);
  const { title, subtitle } = options;
  const layout = houseLayout({ title, ...(subtitle ? { subtitle } : {}) }, {
    plot: { width, height },
    margin: { left: edge, right: 2 * side - edge, top: 28, bottom: edge },
  });
  const places = tiles.map((tile, index): Place => ({
    tile,
    left: (index % columns) * (tileWidth + gap),
    top: Math.floor(index / columns) * pitch,
    width: tileWidth,
    height: imageHeight,
  }));
  return makeFigure({
    name,
    data: [],
    layout: {
      ...layout,
      xaxis: hiddenAxis([0, width]),
      yaxis: hiddenAxis([height, 0]),
      shapes: places.map(background),
      images: places.map(placeImage),
      annotations: places.flatMap(writeCaptions),
    },
  });
}

/** A tile and where its image goes. */
interface Place {
  readonly tile: Tile;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Four to six columns, not fewer than rows, and of these the fewest empty tiles. */
function columnsFor(count: number): number {
  if (count <= 4) return count;
  const empty = (columns: number): number => Math.ceil(count / columns) * columns - count;
  const wide = [4, 5, 6].filter((columns) => columns >= Math.ceil(count / columns));
  return wide.sort((a, b) => empty(a) - empty(b))[0] ?? 6;
}

/** The middle image's width by its height, within bounds: a tile's, so that most images fill theirs. */
export function tileAspect(tiles: readonly Tile[]): number {
  const aspects = tiles.map(({ width, height }) => width / height).sort((a, b) => a - b);
  return Math.min(1.5, Math.max(0.75, aspects[Math.floor(aspects.length / 2)]!));
}

function background({ left, top, width, height }: Place): Partial<Shape> {
  return {
    type: "rect",
    layer: "below",
    x0: left,
    x1: left + width,
    y0: top,
    y1: top + height,
    line: { width: 0 },
    fillcolor: colours.panel,
  };
}

function placeImage({ tile, left, top, width, height }: Place): Partial<Image> {
  return {
    source: tile.image,
    xref: "x",
    x: left + width / 2,
    xanchor: "center",
    yref: "y",
    y: top + height / 2,
    yanchor: "middle",
    sizex: width,
    sizey: height,
    sizing: "contain",
    layer: "above",
  };
}

function writeCaptions({ tile, left, top, width, height }: Place): Partial<Annotations>[] {
  return tile.captions.map(({ label = "", text, end = "", colour = colours.ink }, line) => {
    const room = width - textWidth(label + end, sizes.small);
    // Bold letters are about a tenth wider.
    const shown = plain(shorten(text, room / 1.1, sizes.small));
    const written = span(`<b>${shown}</b>${end}`, sizes.small, colour);
    return note((label && span(label, sizes.small, colours.muted)) + written, {
      xref: "x",
      x: left,
      xanchor: "left",
      yref: "y",
      yanchor: "top",
      align: "left",
      y: top + height + captionRoom + line * captionLine,
    });
  });
}
