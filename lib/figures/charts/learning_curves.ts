import type { Data, Layout } from "plotly.js";
import { OptionError } from "../../errors.ts";
import { bestEpochOf, type HistoryLine } from "../../runs/schemas.ts";
import type { Figure } from "../figure.ts";
import {
  colors,
  curveAxis,
  edge,
  gridLines,
  type Heading,
  houseAxis,
  houseLayout,
  labelGap,
  panelTitle,
  sizes,
} from "../plotly/style.ts";
import { makeFigure } from "../render/figure_bundle.ts";
import { type EpochMark, markBest, markStop } from "./epoch_marks.ts";
import { accuracyPanel, lossPanel, type Panel, ratePanel } from "./learning_panels.ts";

/** How {@linkcode learningCurvesFigure} draws. */
export interface LearningCurvesOptions extends Partial<Heading> {
  /** The epoch whose weights were saved. Default: see `bestEpochOf`. */
  readonly bestEpoch?: number;
  /** The epoch that ended training early and its label, for example `early stopping`. */
  readonly stop?: EpochMark;
  /** Whether a third panel shows the learning rate. Default false. */
  readonly learningRate?: boolean;
  /** Whether to place the panels below each other, for a phone. Default false. */
  readonly narrow?: boolean;
}

/** The dimensions of a panel in pixels, for panels beside each other and below each other. */
const beside = { width: 410, height: 280, gap: 76 } as const;
const below = { width: 288, height: 190, gap: 96 } as const;

/**
 * Draws learning curves: loss and accuracy of training and validation per epoch, with the best epoch
 * marked. One epoch is enough. Values that are NaN or infinite, as without validation images, are
 * left out.
 *
 * @param history The lines of `history.jsonl`. Accuracies are fractions; the figure shows percent.
 * @throws {OptionError} If there is no epoch.
 *
 * @example
 * ```ts
 * import { learningCurvesFigure } from "vgg";
 *
 * const epoch = { epoch: 1, loss: 2.1, accuracy: 0.2, val_loss: 1.9, val_accuracy: 0.3 };
 * learningCurvesFigure([{ ...epoch, lr: 0.01, seconds: 60, images_per_second: 88 }]).name;
 * // learning_curves
 * ```
 */
export function learningCurvesFigure(
  history: readonly HistoryLine[],
  options: LearningCurvesOptions = {},
): Figure {
  if (history.length === 0) {
    throw new OptionError("learning curves need one epoch or more. Received: none");
  }
  const { title = "Learning curves", subtitle, learningRate = false, narrow = false } = options;
  const panels = [lossPanel(history), accuracyPanel(history)];
  if (learningRate) panels.push(ratePanel(history));
  const { plot, domains } = narrow ? placeBelow(panels.length) : placeBeside(panels.length);
  const layout = houseLayout({ title, subtitle }, {
    plot,
    margin: { left: edge + 40, right: edge + 8, top: 54, bottom: 62 },
  });
  const best = history.find(({ epoch }) => epoch === options.bestEpoch) ?? bestOf(history);
  const marks = [
    ...(best ? [markBest(best, history, panels.length)] : []),
    ...(options.stop ? [markStop(options.stop, history, panels.length)] : []),
  ];
  return makeFigure({
    name: "learning_curves",
    data: [
      ...panels.flatMap((panel, index) => drawCurves(panel, history, index)),
      ...marks.flatMap(({ data }) => data),
    ],
    layout: {
      ...layout,
      ...layOutAxes(panels, domains, history),
      showlegend: true,
      legend: legendAbove(domains, plot.height),
      annotations: [
        ...panels.map(({ title }, index) => ({
          ...panelTitle(`<b>${title}</b>`, index === 0 ? "" : String(index + 1)),
          y: domains[index]!.y[1],
        })),
        ...marks.flatMap(({ annotations }) => annotations),
      ],
      shapes: marks.flatMap(({ shapes }) => shapes),
    },
  });
}

/** A panel's part of the plot, from 0 to 1 along both axes. */
interface Domain {
  readonly x: [number, number];
  readonly y: [number, number];
}

interface Placement {
  readonly plot: { readonly width: number; readonly height: number };
  readonly domains: readonly Domain[];
}

function placeBeside(panels: number): Placement {
  const step = beside.width + beside.gap, width = panels * step - beside.gap;
  const domains = Array.from({ length: panels }, (_, index): Domain => {
    const left = index * step;
    return { x: [left / width, (left + beside.width) / width], y: [0, 1] };
  });
  return { plot: { width, height: beside.height }, domains };
}

function placeBelow(panels: number): Placement {
  const step = below.height + below.gap, height = panels * step - below.gap;
  const domains = Array.from({ length: panels }, (_, index): Domain => {
    const bottom = (panels - 1 - index) * step;
    return { x: [0, 1], y: [bottom / height, (bottom + below.height) / height] };
  });
  return { plot: { width: below.width, height }, domains };
}

function bestOf(history: readonly HistoryLine[]): HistoryLine | undefined {
  const validated = history.filter(({ val_accuracy }) => Number.isFinite(val_accuracy));
  return validated[bestEpochOf(validated) - 1];
}

function drawCurves(
  { curves, hover, steps = false }: Panel,
  history: readonly HistoryLine[],
  index: number,
): Partial<Data>[] {
  const few = history.length <= 15;
  return curves
    .filter(({ values }) => values.some(Number.isFinite))
    .map(({ name, color, values }) => ({
      type: "scatter",
      name,
      x: history.map(({ epoch }) => epoch),
      y: values.map((value) => Number.isFinite(value) ? value : null),
      xaxis: index === 0 ? "x" : `x${index + 1}`,
      yaxis: index === 0 ? "y" : `y${index + 1}`,
      mode: few ? "lines+markers" : "lines",
      line: { color: color, width: 2.25, shape: steps ? "hv" : "linear" },
      marker: { color: color, size: history.length === 1 ? 10 : 6 },
      hovertemplate: `epoch %{x}: %{y:${hover}}`,
      legendgroup: name,
      // One entry serves both panels; the title of the third panel names its only curve.
      showlegend: index === 0,
    }));
}

function layOutAxes(
  panels: readonly Panel[],
  domains: readonly Domain[],
  history: readonly HistoryLine[],
): Partial<Layout> {
  const first = history[0]!.epoch, last = history.at(-1)!.epoch;
  const padding = Math.max(0.5, (last - first) * 0.02);
  return Object.fromEntries(panels.flatMap(({ axis }, index) => {
    const number = index === 0 ? "" : index + 1;
    const domain = domains[index]!;
    const maxTicks = domains.every(({ x: [left] }) => left === 0) ? 6 : 10;
    const x = curveAxis("Epoch", {
      anchor: index === 0 ? "y" : `y${index + 1}` as "y2",
      domain: domain.x,
      // Avoids a tick at epoch 0: epochs are counted from 1.
      range: [Math.max(first - padding, 0.5), last + padding],
      tickformat: "d",
      ...(last - first < maxTicks + 2 ? { dtick: 1 } : { nticks: maxTicks }),
    });
    const y = houseAxis({
      anchor: index === 0 ? "x" : `x${index + 1}` as "x2",
      domain: domain.y,
      ...gridLines,
      ...labelGap(6),
      ...axis,
    });
    return [[`xaxis${number}`, x], [`yaxis${number}`, y]];
  }));
}

/** A legend above the right end of the second panel, or above all panels if they are below each other. */
function legendAbove(domains: readonly Domain[], height: number): Partial<Layout["legend"]> {
  return {
    orientation: "h",
    x: domains[1]!.x[1],
    xanchor: "right",
    y: 1 + 5 / height,
    yanchor: "bottom",
    font: { size: sizes.label, color: colors.ink },
    itemclick: false,
    itemdoubleclick: false,
  };
}
