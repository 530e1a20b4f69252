import type { Annotations, Image, Layout, Shape } from "plotly.js";
import type { ClassLabel } from "../data/dataset.ts";
import type { Mistake } from "../training/run_files.ts";
import type { Figure } from "./figure.ts";
import {
  colours,
  edge,
  type Heading,
  hiddenAxis,
  houseLayout,
  note,
  sizes,
  span,
} from "./style.ts";
import { firstName, percent, plain, shorten, textWidth } from "./text.ts";

/** A misclassified image with its picture. */
export interface ShownMistake {
  readonly mistake: Mistake;
  /** A PNG or JPEG file as a `data:` URL. */
  readonly picture: string;
  /** The picture's own measures in pixels. */
  readonly width: number;
  readonly height: number;
}

/** The most pictures of a gallery; further ones are left out. */
const mostShown = 24;
/** In pixels: a tile's width, the room between tiles, and for the two lines below a picture. */
const tileWidth = 216, gap = 22, caption = 52;

/**
 * A gallery of misclassified images, each with its correct and its predicted label and the
 * probability of the prediction. Shows 24 at most, in the order given; without any it says so.
 *
 * @param classes The classes in the order of `mistake.actual` and `mistake.predicted`.
 * @throws {RangeError} Where a mistake's class is not among the classes.
 *
 * @example
 * ```ts ignore
 * const [mistake] = await run.mistakes();
 * const classes = [{ id: "n02493509", name: "titi" }, { id: "n02483708", name: "siamang" }];
 * const picture = "data:image/png;base64,…";
 * misclassifiedFigure([{ mistake, picture, width: 213, height: 160 }], classes);
 * ```
 */
export function misclassifiedFigure(
  mistakes: readonly ShownMistake[],
  classes: readonly ClassLabel[],
  heading: Partial<Heading> = {},
): Figure {
  const shown = mistakes.slice(0, mostShown);
  const { title = "Misclassified images", subtitle } = heading;
  const above = { title, ...(subtitle ? { subtitle } : {}) };
  if (shown.length === 0) return { name: "misclassified", data: [], layout: noMistakes(above) };
  const columns = columnsFor(shown.length);
  const rows = Math.ceil(shown.length / columns);
  const pictureHeight = Math.round(tileWidth / tileAspect(shown));
  const width = columns * (tileWidth + gap) - gap;
  const height = rows * (pictureHeight + caption + gap) - gap;
  const side = Math.max(edge, (minimumWidth - width) / 2);
  const layout = houseLayout(above, {
    plot: { width, height },
    margin: { left: edge, right: 2 * side - edge, top: 28, bottom: edge },
  });
  const tiles = shown.map((mistake, index) => {
    const left = (index % columns) * (tileWidth + gap);
    const top = Math.floor(index / columns) * (pictureHeight + caption + gap);
    return { mistake, left, top, height: pictureHeight };
  });
  return {
    name: "misclassified",
    data: [],
    layout: {
      ...layout,
      xaxis: hiddenAxis([0, width]),
      yaxis: hiddenAxis([height, 0]),
      shapes: tiles.map(background),
      images: tiles.map(placePicture),
      annotations: tiles.flatMap((tile) => captions(tile, classes)),
    },
  };
}

/** Room for the heading beside few pictures, in pixels. */
const minimumWidth = 460;

interface Tile {
  readonly mistake: ShownMistake;
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

/** Four to six columns, not fewer than rows, and of these the fewest empty tiles. */
function columnsFor(count: number): number {
  if (count <= 4) return count;
  const empty = (columns: number): number => Math.ceil(count / columns) * columns - count;
  const wide = [4, 5, 6].filter((columns) => columns >= Math.ceil(count / columns));
  return wide.sort((a, b) => empty(a) - empty(b))[0] ?? 6;
}

/** The middle picture's width by its height, within bounds: a tile's, so that most pictures fill theirs. */
function tileAspect(mistakes: readonly ShownMistake[]): number {
  const aspects = mistakes.map(({ width, height }) => width / height).sort((a, b) => a - b);
  return Math.min(1.5, Math.max(0.75, aspects[Math.floor(aspects.length / 2)]!));
}

function background({ left, top, height }: Tile): Partial<Shape> {
  return {
    type: "rect",
    layer: "below",
    x0: left,
    x1: left + tileWidth,
    y0: top,
    y1: top + height,
    line: { width: 0 },
    fillcolor: colours.panel,
  };
}

function placePicture({ mistake, left, top, height }: Tile): Partial<Image> {
  return {
    source: mistake.picture,
    xref: "x",
    x: left + tileWidth / 2,
    xanchor: "center",
    yref: "y",
    y: top + height / 2,
    yanchor: "middle",
    sizex: tileWidth,
    sizey: height,
    sizing: "contain",
    layer: "above",
  };
}

function captions(
  { mistake: { mistake }, left, top, height }: Tile,
  classes: readonly ClassLabel[],
): Partial<Annotations>[] {
  const probability = mistake.probabilities[mistake.predicted];
  const sure = probability === undefined ? "" : ` (${percent(probability, 0)})`;
  const line = (label: string, name: string, end: string, color: string): string => {
    const room = tileWidth - textWidth(label + end, sizes.small);
    // Bold letters are about a tenth wider.
    const shown = plain(shorten(name, room / 1.1, sizes.small));
    return span(label, sizes.small, colours.muted) +
      span(`<b>${shown}</b>${end}`, sizes.small, color);
  };
  const place = {
    xref: "x",
    x: left,
    xanchor: "left",
    yref: "y",
    yanchor: "top",
    align: "left",
  } as const;
  return [
    note(line("Correct: ", nameOf(mistake.actual, classes), "", colours.correct), {
      ...place,
      y: top + height + 8,
    }),
    note(line("Predicted: ", nameOf(mistake.predicted, classes), sure, colours.wrong), {
      ...place,
      y: top + height + 26,
    }),
  ];
}

function nameOf(index: number, classes: readonly ClassLabel[]): string {
  const label = classes[index];
  if (label) return firstName(label.name);
  throw new RangeError(
    `a mistake's class is an index from 0 to ${classes.length - 1}. Received: ${index}`,
  );
}

function noMistakes(heading: Heading): Partial<Layout> {
  const layout = houseLayout(heading, {
    plot: { width: 560, height: 150 },
    margin: { left: edge, right: edge, top: 28, bottom: edge },
  });
  return {
    ...layout,
    xaxis: hiddenAxis([0, 1]),
    yaxis: hiddenAxis([0, 1]),
    plot_bgcolor: colours.panel,
    annotations: [
      note("<b>No mistakes</b>", { size: 17, color: colours.correct, x: 0.5, y: 0.6 }),
      note("Every image was classified correctly.", { size: sizes.label, x: 0.5, y: 0.36 }),
    ],
  };
}
