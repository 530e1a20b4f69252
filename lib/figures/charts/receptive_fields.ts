import type { Annotations, Shape } from "plotly.js";
import type { ReceptiveField } from "../../vgg/analysis/receptive_field.ts";
import { makeFigure } from "../displayable.ts";
import { type Figure } from "../figure.ts";
import type { Tile } from "../gallery/gallery.ts";
import {
  colours,
  edge,
  type Heading,
  heat,
  hiddenAxis,
  houseLayout,
  note,
  sizes,
} from "../plotly/style.ts";
import { plain } from "../plotly/text.ts";

/** The image's side in the figure, and the room for names on its right, in pixels. */
const side = 460, names = 300, line = 24;
/** From the inside out. */
const palette = heat.toReversed();

/**
 * What the middle units of some layers see of an image: a square for each receptive field, from the
 * inside out. What reaches beyond the image is padding.
 *
 * @param tile A square image, as large as the network's input.
 * @throws {RangeError} Where there is no field, or more than six.
 *
 * @example
 * ```ts ignore
 * const image = await dataset.train.image(0, { mode: "stretch", size: 224 });
 * receptiveFieldsFigure(await imageTile(image), receptiveFields().slice(-1));
 * ```
 */
export function receptiveFieldsFigure(
  { image, width: inputSize }: Tile,
  fields: readonly ReceptiveField[],
  { title = "What one unit sees", subtitle }: Partial<Heading> = {},
): Figure {
  if (fields.length === 0 || fields.length > palette.length) {
    throw new RangeError(`1 to ${palette.length} fields can be drawn. Received: ${fields.length}`);
  }
  const layout = houseLayout({ title, ...(subtitle ? { subtitle } : {}) }, {
    plot: { width: side + names, height: side },
    margin: { left: edge, right: edge, top: 26, bottom: edge },
  });
  const scale = side / inputSize;
  return makeFigure({
    name: "receptive_fields",
    data: [],
    layout: {
      ...layout,
      xaxis: hiddenAxis([0, side + names]),
      yaxis: hiddenAxis([side, 0]),
      images: [{
        source: image,
        xref: "x",
        x: 0,
        yref: "y",
        y: 0,
        sizex: side,
        sizey: side,
        sizing: "stretch",
        layer: "below",
      }],
      shapes: fields.map(({ size }, index) => square(size * scale, palette[index]!)),
      annotations: fields.map((field, index) => nameOf(field, index, fields.length)),
    },
  });
}

function square(length: number, color: string): Partial<Shape> {
  const half = Math.min(length, side) / 2;
  return {
    type: "rect",
    x0: side / 2 - half,
    x1: side / 2 + half,
    y0: side / 2 - half,
    y1: side / 2 + half,
    line: { color, width: 3 },
  };
}

function nameOf(
  { name, size, step }: ReceptiveField,
  index: number,
  count: number,
): Partial<Annotations> {
  const steps = step === 1 ? "every pixel" : `every ${step} pixels`;
  const text = `<span style="color:${palette[index]}">■</span> <b>${plain(name)}</b>  ` +
    `${size} × ${size}, ${steps}`;
  return note(text, {
    size: sizes.label,
    color: colours.ink,
    xref: "x",
    x: side + 16,
    xanchor: "left",
    yref: "y",
    y: side / 2 + (index - (count - 1) / 2) * line,
    align: "left",
  });
}
