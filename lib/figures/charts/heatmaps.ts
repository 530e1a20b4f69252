import type { Data } from "plotly.js";
import { OptionError } from "../../errors.ts";
import type { Figure } from "../figure.ts";
import {
  colors,
  edge,
  type Heading,
  houseAxis,
  houseLayout,
  panelTitle,
  sizes,
} from "../plotly/style.ts";
import { plain } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** A matrix of numbers and its name. */
export interface Heatmap {
  /** The title above the matrix. */
  readonly name: string;
  /** Rows from top to bottom. */
  readonly values: readonly (readonly number[])[];
}

const side = 216, gap = 34;

/**
 * Draws matrices side by side as squares. Higher values are darker, zeros are white, and each matrix
 * has its own scale. If all values of a matrix are whole numbers below 1000, its cells show them.
 *
 * @throws {OptionError} If there is no matrix.
 *
 * @example
 * ```ts
 * import { heatmapsFigure } from "vgg";
 *
 * const values = [[0, 1], [1, 2]];
 * heatmapsFigure([{ name: "two by two", values }], { title: "Numbers" }).name; // heatmaps
 * ```
 */
export function heatmapsFigure(
  maps: readonly Heatmap[],
  { title, subtitle }: Heading,
): Figure {
  if (maps.length === 0) throw new OptionError("heatmaps need one matrix or more. Received: none");
  const width = maps.length * (side + gap) - gap;
  const layout = houseLayout({ title, subtitle }, {
    plot: { width, height: side },
    margin: { left: edge, right: edge, top: 48, bottom: edge },
  });
  const axis = (index: number): string => index === 0 ? "" : String(index + 1);
  return makeFigure({
    name: "heatmaps",
    data: maps.map((map, index) => drawMap(map, axis(index))),
    layout: {
      ...layout,
      ...Object.fromEntries(maps.flatMap(({ values }, index) => {
        const left = index * (side + gap);
        const frame = {
          showticklabels: false,
          ticks: "" as const,
          showline: true,
          mirror: true,
          linecolor: colors.faint,
        };
        const x = houseAxis({
          ...frame,
          domain: [left / width, (left + side) / width],
          anchor: `y${axis(index)}` as "y",
          range: [-0.5, (values[0]?.length ?? 0) - 0.5],
        });
        const range = [values.length - 0.5, -0.5];
        const y = houseAxis({ ...frame, anchor: `x${axis(index)}` as "x", range });
        return [[`xaxis${axis(index)}`, x], [`yaxis${axis(index)}`, y]];
      })),
      annotations: maps.map(({ name }, index) =>
        panelTitle(plain(name), axis(index), { size: sizes.label, yshift: 8 })
      ),
    },
  });
}

function drawMap({ values }: Heatmap, axis: string): Partial<Data> {
  const highest = Math.max(...values.flat());
  const isWritten = values.flat().every((value) => Number.isInteger(value) && value < 1000);
  return {
    type: "heatmap",
    z: values.map((row) => [...row]),
    xaxis: `x${axis}` as "x",
    yaxis: `y${axis}` as "y",
    zmin: 0,
    zmax: highest || 1,
    colorscale: [[0, colors.paper], [1, colors.train]],
    showscale: false,
    xgap: 1,
    ygap: 1,
    hovertemplate: "%{z}<extra></extra>",
    ...(isWritten
      ? {
        text: values.map((row) => row.map((value) => value === 0 ? "" : String(value))) as never,
        texttemplate: "%{text}",
        textfont: { size: sizes.tiny },
      }
      : {}),
  } as Partial<Data>;
}
