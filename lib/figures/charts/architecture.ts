import type { Annotations, Shape } from "plotly.js";
import { OptionError } from "../../errors.ts";
import type { Figure } from "../figure.ts";
import { blend } from "../plotly/color.ts";
import {
  colors,
  edge,
  type Heading,
  hiddenAxis,
  houseLayout,
  note,
  sizes,
} from "../plotly/style.ts";
import { plain } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";
import type { BlockDrawing, LayerDrawing, NetworkDrawing } from "./network_drawing.ts";

/** Dimensions in pixels. The column of a network holds its bars and, right of them, notes. */
const bar = { width: 196, height: 25, gap: 5, pooling: 18 } as const;
const column = { width: 366, gap: 34, name: 74 } as const;
const block = { padding: 9, gap: 9, minHeight: 62 } as const;

const fills: Readonly<Record<LayerDrawing["kind"], string>> = {
  input: colors.paper,
  convolution: blend(colors.paper, colors.train, 0.24),
  normalization: blend(colors.paper, colors.train, 0.1),
  pooling: "#d3dae1",
  dense: blend(colors.paper, colors.train, 0.5),
};

/** The vertical position of a block, which is the same in all columns. */
interface Row {
  readonly top: number;
  readonly height: number;
}

interface Drawn {
  readonly shapes: readonly Partial<Shape>[];
  readonly annotations: readonly Partial<Annotations>[];
}

/**
 * Draws networks side by side from the input down to the predictions: a bar per layer, and beside each
 * block its size (height × width × channels) and parameters. Layers that the network to the left lacks
 * are highlighted.
 *
 * @param networks Drawings from left to right; see {@linkcode drawNetwork}.
 * @throws {OptionError} If there is no network.
 *
 * @example
 * ```ts
 * import { architectureFigure, drawNetwork } from "vgg";
 *
 * const networks = [drawNetwork({ configuration: "D" }), drawNetwork({ configuration: "E" })];
 * architectureFigure(networks).name; // architecture
 * ```
 */
export function architectureFigure(
  networks: readonly NetworkDrawing[],
  { title = "Architecture", subtitle }: Partial<Heading> = {},
): Figure {
  if (networks.length === 0) {
    throw new OptionError("an architecture figure needs one network or more. Received: none");
  }
  const rows = placeRows(networks);
  const width = networks.length * (column.width + column.gap) - column.gap;
  const height = rows.at(-1)!.top + rows.at(-1)!.height;
  const layout = houseLayout({ title, subtitle }, {
    plot: { width, height },
    margin: { left: edge, right: edge, top: 22, bottom: edge },
  });
  const drawn = networks.map((network, index) =>
    drawColumn(network, networks[index - 1], index * (column.width + column.gap), rows)
  );
  return makeFigure({
    name: "architecture",
    data: [],
    layout: {
      ...layout,
      xaxis: hiddenAxis([0, width]),
      yaxis: hiddenAxis([height, 0]),
      shapes: drawn.flatMap(({ shapes }) => shapes),
      annotations: drawn.flatMap(({ annotations }) => annotations),
    },
  });
}

function placeRows(networks: readonly NetworkDrawing[]): Row[] {
  const count = Math.max(...networks.map(({ blocks }) => blocks.length));
  let top: number = column.name;
  return Array.from({ length: count }, (_, index) => {
    const blocks = networks.flatMap(({ blocks }) => blocks[index] ?? []);
    const slots = Math.max(
      ...blocks.map(({ layers }) => layers.filter((layer) => !isPooling(layer)).length),
    );
    const poolings = Math.max(...blocks.map(({ layers }) => layers.filter(isPooling).length));
    const bars = slots * (bar.height + bar.gap) + poolings * (bar.pooling + bar.gap) - bar.gap;
    const minHeight = blocks.some(({ notes }) => notes.length > 0) ? block.minHeight : 0;
    const row = { top, height: Math.max(minHeight, bars + 2 * block.padding) };
    top += row.height + block.gap;
    return row;
  });
}

function isPooling({ kind }: LayerDrawing): boolean {
  return kind === "pooling";
}

function drawColumn(
  network: NetworkDrawing,
  previous: NetworkDrawing | undefined,
  left: number,
  rows: readonly Row[],
): Drawn {
  const previousKeys = previous &&
    new Set(previous.blocks.flatMap(({ layers }) => layers.map(({ key }) => key)));
  const isNew = ({ key }: LayerDrawing): boolean =>
    previousKeys !== undefined && !previousKeys.has(key);
  const drawn = network.blocks.map((block, index) => drawBlock(block, left, rows[index]!, isNew));
  const hasNew = network.blocks.some(({ layers }) => layers.some(isNew));
  return {
    shapes: drawn.flatMap(({ shapes }) => shapes),
    annotations: [
      text(`<b>${plain(network.name)}</b>`, left, 16, { size: 16, color: colors.ink }),
      text(plain(network.detail), left, 38),
      ...(hasNew ? [text(newLabel(previous!), left, 58)] : []),
      ...drawn.flatMap(({ annotations }) => annotations),
    ],
  };
}

function newLabel({ name }: NetworkDrawing): string {
  return `<span style="color:${colors.highlight}">■</span> not in ${plain(name)}`;
}

function drawBlock(
  { title, notes, layers }: BlockDrawing,
  left: number,
  row: Row,
  isNew: (layer: LayerDrawing) => boolean,
): Drawn {
  const bars = placeBars(layers, row).map(({ layer, top, height }) => ({
    shape: roundedRectangle(left + block.padding, top, bar.width, height, 4, {
      fillcolor: isNew(layer) ? colors.highlight : fills[layer.kind],
      line: { width: layer.kind === "input" ? 1 : 0, color: colors.faint },
    }),
    label: text(plain(layer.label), left + block.padding + bar.width / 2, top + height / 2, {
      size: layer.kind === "pooling" ? sizes.tiny : sizes.small,
      color: colors.ink,
      xanchor: "center",
    }),
  }));
  const lines = [
    `<b><span style="color:${colors.ink}">${plain(title)}</span></b>`,
    ...notes.map(plain),
  ];
  const beside = left + block.padding + bar.width + 16;
  return {
    shapes: [
      roundedRectangle(left, row.top, column.width, row.height, 8, {
        fillcolor: colors.panel,
        line: { width: 0 },
      }),
      ...bars.map(({ shape }) => shape),
    ],
    annotations: [
      ...bars.map(({ label }) => label),
      text(lines.join("<br>"), beside, row.top + row.height / 2),
    ],
  };
}

/** Places bars from the top of the block; a final pooling is at the bottom, aligned in all columns. */
function placeBars(
  layers: readonly LayerDrawing[],
  row: Row,
): { layer: LayerDrawing; top: number; height: number }[] {
  let top = row.top + block.padding;
  return layers.map((layer, index) => {
    const isFinalPooling = isPooling(layer) && index === layers.length - 1;
    const height = isPooling(layer) ? bar.pooling : bar.height;
    if (isFinalPooling) top = row.top + row.height - block.padding - height;
    const placed = { layer, top, height };
    top += height + bar.gap;
    return placed;
  });
}

function text(
  text: string,
  x: number,
  y: number,
  rest: Parameters<typeof note>[1] = {},
): Partial<Annotations> {
  return note(text, { xref: "x", x, xanchor: "left", yref: "y", y, align: "left", ...rest });
}

/** A rectangle with round corners, on axes that count pixels from the top left. */
function roundedRectangle(
  left: number,
  top: number,
  width: number,
  height: number,
  radius: number,
  style: Partial<Shape>,
): Partial<Shape> {
  const right = left + width, bottom = top + height, r = radius;
  const path = `M${left + r},${top} L${right - r},${top} Q${right},${top} ${right},${top + r} ` +
    `L${right},${bottom - r} Q${right},${bottom} ${right - r},${bottom} ` +
    `L${left + r},${bottom} Q${left},${bottom} ${left},${bottom - r} ` +
    `L${left},${top + r} Q${left},${top} ${left + r},${top} Z`;
  return { type: "path", layer: "below", path, ...style };
}
