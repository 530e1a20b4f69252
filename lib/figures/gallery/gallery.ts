import type { Annotations, Image, Shape } from "plotly.js";
import { shortenApart } from "../../display/label_classes.ts";
import { OptionError } from "../../errors.ts";
import type { Figure } from "../figure.ts";
import {
  colors,
  edge,
  type Heading,
  hiddenAxis,
  houseLayout,
  note,
  sizes,
  span,
} from "../plotly/style.ts";
import { plain, shorten, textWidth } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";
import { placeBar, type PlacedScale, type TileScale, writeEnds } from "./tile_scale.ts";

/** A line below an image: a gray label, a bold text and an end in normal weight. */
export interface Caption {
  /** The gray text at the start. */
  readonly label?: string;
  /** The bold text, shortened if the line is too long. */
  readonly text: string;
  /** All texts from which it stays different when it is shortened, such as the names of all classes. */
  readonly among?: readonly string[];
  /** The text at the end. */
  readonly end?: string;
  /** The color of text and end. Default: that of titles. */
  readonly color?: string;
}

/** An image of a {@linkcode galleryFigure} and the lines below it. */
export interface Tile {
  /** A PNG or JPEG file as a `data:` URL. */
  readonly image: string;
  /** The width of the image in pixels. */
  readonly width: number;
  /** The height of the image in pixels. */
  readonly height: number;
  /** The lines below the image. */
  readonly captions: readonly Caption[];
  /** The scale of the image's colors, below the captions. */
  readonly scale?: TileScale;
}

/** How {@linkcode galleryFigure} draws. */
export interface GalleryOptions extends Heading {
  /** The figure's name. Default `gallery`. */
  readonly name?: string;
  /** Images per row. Default: four to six, whichever leaves the fewest empty tiles. */
  readonly columns?: number;
  /** The width of an image in pixels. Default 216. */
  readonly tileWidth?: number;
  /** The space between images in pixels. Default 22. */
  readonly gap?: number;
}

/** The space around captions, and the height of a caption, in pixels. */
const captionPadding = 8, captionLine = 18;
/** The minimum width of the figure in pixels: with few images the heading needs more space. */
const minWidth = 460;

/**
 * Draws images in rows, each with its captions below.
 *
 * @throws {OptionError} If there is no image.
 *
 * @example
 * ```ts
 * import { galleryFigure, imageTile } from "vgg";
 *
 * const image = { width: 1, height: 1, data: new Uint8Array(3) };
 * galleryFigure([await imageTile(image, "night")], { title: "An image" }).name; // gallery
 * ```
 */
export function galleryFigure(tiles: readonly Tile[], options: GalleryOptions): Figure {
  if (tiles.length === 0) {
    throw new OptionError("a gallery needs one image or more. Received: none");
  }
  const { name = "gallery", tileWidth = 216, gap = 22 } = options;
  const { columns = columnsFor(tiles.length) } = options;
  const rows = Math.ceil(tiles.length / columns);
  const lines = Math.max(...tiles.map(({ captions, scale }) => captions.length + (scale ? 1 : 0)));
  const imageHeight = Math.round(tileWidth / tileAspect(tiles));
  const pitch = imageHeight + (lines > 0 ? 2 * captionPadding + lines * captionLine : 0) + gap;
  const width = columns * (tileWidth + gap) - gap;
  const height = rows * pitch - gap;
  const side = Math.max(edge, (minWidth - width) / 2);
  const { title, subtitle } = options;
  const layout = houseLayout({ title, subtitle }, {
    plot: { width, height },
    margin: { left: edge, right: 2 * side - edge, top: 28, bottom: edge },
  });
  const placed = tiles.map((tile, index): PlacedTile => ({
    tile,
    left: (index % columns) * (tileWidth + gap),
    top: Math.floor(index / columns) * pitch,
    width: tileWidth,
    height: imageHeight,
  }));
  const scales = placed.flatMap(scaleOf);
  return makeFigure({
    name,
    data: [],
    layout: {
      ...layout,
      xaxis: hiddenAxis([0, width]),
      yaxis: hiddenAxis([height, 0]),
      shapes: placed.map(background),
      images: [...placed.map(placeImage), ...scales.map(placeBar)],
      annotations: [...placed.flatMap(writeCaptions), ...scales.flatMap(writeEnds)],
    },
  });
}

/** A tile and the rectangle of its image in pixels. */
interface PlacedTile {
  readonly tile: Tile;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Chooses four to six columns, at least as many as rows, with the fewest empty tiles. */
function columnsFor(count: number): number {
  if (count <= 4) return count;
  const empty = (columns: number): number => Math.ceil(count / columns) * columns - count;
  const wide = [4, 5, 6].filter((columns) => columns >= Math.ceil(count / columns));
  return wide.sort((a, b) => empty(a) - empty(b))[0] ?? 6;
}

/** The aspect ratio of all tiles: the median of the images, within bounds, so that most fill theirs. */
export function tileAspect(tiles: readonly Tile[]): number {
  const aspects = tiles.map(({ width, height }) => width / height).sort((a, b) => a - b);
  return Math.min(1.5, Math.max(0.75, aspects[Math.floor(aspects.length / 2)]!));
}

function background({ left, top, width, height }: PlacedTile): Partial<Shape> {
  return {
    type: "rect",
    layer: "below",
    x0: left,
    x1: left + width,
    y0: top,
    y1: top + height,
    line: { width: 0 },
    fillcolor: colors.panel,
  };
}

function placeImage({ tile, left, top, width, height }: PlacedTile): Partial<Image> {
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

function writeCaptions({ tile, left, top, width, height }: PlacedTile): Partial<Annotations>[] {
  return tile.captions.map((caption, line) => {
    const { label = "", end = "", color = colors.ink } = caption;
    // Bold letters are about 10 % wider.
    const space = (width - textWidth(label + end, sizes.small)) / 1.1;
    const textAndEnd = span(
      `<b>${plain(shortText(caption, space))}</b>${end}`,
      sizes.small,
      color,
    );
    return note((label && span(label, sizes.small, colors.muted)) + textAndEnd, {
      xref: "x",
      x: left,
      xanchor: "left",
      yref: "y",
      yanchor: "top",
      align: "left",
      y: top + height + captionPadding + line * captionLine,
    });
  });
}

/** The color scale below a tile's captions. */
function scaleOf({ tile, left, top, width, height }: PlacedTile): PlacedScale[] {
  const { scale, captions } = tile;
  const y = top + height + captionPadding + (captions.length + 0.5) * captionLine;
  return scale ? [{ scale, left, right: left + width, y }] : [];
}

/** Lists of texts shortened to a width, which many captions share. */
const shortened = new WeakMap<readonly string[], Map<number, readonly string[]>>();

/** Shortens the text of a caption to a width in pixels. */
export function shortText(
  { text, among }: Pick<Caption, "text" | "among">,
  space: number,
  size: number = sizes.small,
): string {
  if (!among || textWidth(text, size) <= space) return shorten(text, space, size);
  const byWidth = shortened.get(among) ?? new Map<number, readonly string[]>();
  shortened.set(among, byWidth);
  const width = Math.floor(space) / size;
  if (!byWidth.has(width)) {
    byWidth.set(width, shortenApart(among, (text) => textWidth(text, 1) <= width));
  }
  return byWidth.get(width)![among.indexOf(text)] ?? text;
}
