import type { Annotations, Shape } from "plotly.js";
import { OptionError } from "../../errors.ts";
import type { ReceptiveField } from "../../vgg/analysis/receptive_field.ts";
import type { Figure } from "../figure.ts";
import type { Tile } from "../gallery/gallery.ts";
import {
  colors,
  edge,
  type Heading,
  heat,
  hiddenAxis,
  houseLayout,
  note,
  sizes,
} from "../plotly/style.ts";
import { plain } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** Dimensions in pixels: the side of the image, the width of the names, the height of a line. */
const side = 460, names = 300, line = 24;
/** Colors from the smallest to the largest field. */
const palette = heat.toReversed();

/**
 * Draws the receptive fields of the middle units of some layers as squares on an image, from the
 * smallest to the largest. A field that extends beyond the image ends at its edge; the rest is padding.
 *
 * @param tile A square image of the network's input size.
 * @param fields One to six receptive fields; see `receptiveFields`.
 * @throws {OptionError} If there is no field, or there are more than six.
 *
 * @example
 * ```ts
 * import { imageTile, receptiveFields, receptiveFieldsFigure } from "vgg";
 *
 * const tile = await imageTile({ width: 224, height: 224, data: new Uint8Array(224 * 224 * 3) });
 * receptiveFieldsFigure(tile, receptiveFields().slice(-1)).name; // receptive_fields
 * ```
 */
export function receptiveFieldsFigure(
  { image, width: inputSize }: Tile,
  fields: readonly ReceptiveField[],
  { title = "What one unit sees", subtitle }: Partial<Heading> = {},
): Figure {
  if (fields.length === 0 || fields.length > palette.length) {
    throw new OptionError(`1 to ${palette.length} fields can be drawn. Received: ${fields.length}`);
  }
  const layout = houseLayout({ title, subtitle }, {
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
    color: colors.ink,
    xref: "x",
    x: side + 16,
    xanchor: "left",
    yref: "y",
    y: side / 2 + (index - (count - 1) / 2) * line,
    align: "left",
  });
}
