import type { Annotations, Image } from "plotly.js";
import { note, sizes } from "../plotly/style.ts";
import { plain, textWidth } from "../plotly/text.ts";

/** A bar of colors between the texts at its ends. */
export interface TileScale {
  /** The bar, a PNG file as a `data:` URL. */
  readonly bar: string;
  /** The text at its left end. */
  readonly low: string;
  /** The text at its right end. */
  readonly high: string;
}

/** A scale and its line in a figure, in pixels. */
export interface PlacedScale {
  readonly scale: TileScale;
  readonly left: number;
  readonly right: number;
  /** The middle of the line. */
  readonly y: number;
}

/** The height of a bar, and the space between it and the texts, in pixels. */
const barHeight = 8, barGap = 5;

/** Places the bar of a scale between its texts. */
export function placeBar({ scale, left, right, y }: PlacedScale): Partial<Image> {
  const from = left + textWidth(scale.low, sizes.small) + barGap;
  const to = right - textWidth(scale.high, sizes.small) - barGap;
  return {
    source: scale.bar,
    ...{ xref: "x", x: from, xanchor: "left", sizex: to - from },
    ...{ yref: "y", y, yanchor: "middle", sizey: barHeight },
    sizing: "stretch",
    layer: "above",
  };
}

/** Writes the texts at the ends of a scale. */
export function writeEnds({ scale, left, right, y }: PlacedScale): Partial<Annotations>[] {
  const line = { xref: "x", yref: "y", yanchor: "middle", y } as const;
  return [
    note(plain(scale.low), { ...line, x: left, xanchor: "left" }),
    note(plain(scale.high), { ...line, x: right, xanchor: "right" }),
  ];
}
