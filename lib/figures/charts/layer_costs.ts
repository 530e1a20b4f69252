import type { Annotations, Data } from "plotly.js";
import { OptionError } from "../../errors.ts";
import type { LayerCount, VGGCount } from "../../vgg/analysis/count.ts";
import type { Figure } from "../figure.ts";
import {
  colors,
  edge,
  type FigureOptions,
  houseAxis,
  houseLayout,
  labelGap,
  note,
  sizes,
} from "../plotly/style.ts";
import { compact, formatPercent, plain } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** Dimensions in pixels; the gap is for the numbers at the ends of bars. */
const wide = { width: 236, gap: 62 } as const, phone = { width: 40, gap: 46 } as const;
const rowHeight = 21;

/** A kind of cost of layers. */
interface Cost {
  readonly title: string;
  readonly unit: string;
  readonly of: (layer: LayerCount) => number;
}

const costs: readonly Cost[] = [
  { title: "Parameters", unit: "", of: ({ parameters }) => parameters },
  { title: "Multiply-adds", unit: "", of: ({ macs }) => macs },
  { title: "Activations", unit: "B", of: ({ activationBytes }) => activationBytes },
];

/**
 * Draws the parameters, multiply-adds and activation bytes of each layer in three panels of bars, from
 * the input down to the predictions. ReLU, flatten, dropout and normalization are left out.
 *
 * @throws {OptionError} If there is no layer.
 *
 * @example
 * ```ts
 * import { countVGG, layerCostsFigure } from "vgg";
 *
 * layerCostsFigure(countVGG({ configuration: "D" })).name; // layer_costs
 * ```
 */
export function layerCostsFigure(
  { layers }: VGGCount,
  { title = "Costs per layer", subtitle, narrow = false }: FigureOptions = {},
): Figure {
  const shown = layers.filter(({ kind }) =>
    ["convolution", "max_pooling", "global_average_pooling", "dense"].includes(kind)
  );
  if (shown.length === 0) {
    throw new OptionError("a figure of costs needs one layer or more. Received: none");
  }
  const panel = narrow ? phone : wide;
  const width = costs.length * (panel.width + panel.gap);
  const layout = houseLayout({ title, subtitle }, {
    plot: { width, height: shown.length * rowHeight },
    margin: { left: edge + (narrow ? 80 : 96), right: edge - 8, top: 56, bottom: edge },
  });
  const axes = costs.map((_, index) => index === 0 ? "" : String(index + 1));
  return makeFigure({
    name: "layer_costs",
    data: costs.map((cost, index) => drawBars(cost, shown, axes[index]!)),
    layout: {
      ...layout,
      bargap: 0.25,
      yaxis: houseAxis({
        range: [shown.length - 0.5, -0.5],
        tickvals: [...shown.keys()],
        ticktext: shown.map(({ name }) => plain(name)),
        tickfont: { size: sizes.small, color: colors.ink },
        ...labelGap(6),
      }),
      ...Object.fromEntries(costs.map((cost, index) => {
        const left = index * (panel.width + panel.gap);
        const highest = Math.max(...shown.map(cost.of), 1);
        return [
          `xaxis${axes[index]}`,
          houseAxis({
            domain: [left / width, (left + panel.width) / width],
            range: [0, highest],
            showticklabels: false,
          }),
        ];
      })),
      annotations: costs.flatMap((cost, index) => labels(cost, shown, axes[index]!, narrow)),
    },
  });
}

function drawBars(cost: Cost, layers: readonly LayerCount[], axis: string): Partial<Data> {
  const fill = ({ kind }: LayerCount): string =>
    kind === "dense" ? colors.highlight : kind === "convolution" ? colors.train : colors.faint;
  return {
    type: "bar",
    orientation: "h",
    x: layers.map(cost.of),
    y: [...layers.keys()],
    xaxis: `x${axis}` as "x",
    yaxis: "y",
    marker: { color: layers.map(fill) },
    hovertemplate: "%{x:.3s}" + cost.unit + "<extra></extra>",
  };
}

function labels(
  cost: Cost,
  layers: readonly LayerCount[],
  axis: string,
  narrow: boolean,
): Partial<Annotations>[] {
  const sum = layers.reduce((total, layer) => total + cost.of(layer), 0);
  const title = `<b>${cost.title}</b>${narrow ? "<br>" : " "}${compact(sum)}${cost.unit}`;
  return [
    note(title, {
      size: narrow ? sizes.small : sizes.label,
      color: colors.ink,
      ...(narrow ? { align: "left" } : {}),
      xref: `x${axis}` as "x",
      x: 0,
      xanchor: "left",
      yref: "paper",
      y: 1,
      yanchor: "bottom",
      yshift: 8,
    }),
    ...layers.flatMap((layer, index) => {
      const fraction = cost.of(layer) / sum;
      if (!(fraction >= 0.001)) return [];
      return [note(formatPercent(fraction), {
        size: sizes.small,
        xref: `x${axis}` as "x",
        x: cost.of(layer),
        xanchor: "left",
        xshift: 4,
        yref: "y",
        y: index,
      })];
    }),
  ];
}
