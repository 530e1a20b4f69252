import type { Annotations, Data, Shape } from "plotly.js";
import type { HistoryLine } from "../../runs/schemas.ts";
import { colors, note, sizes } from "../plotly/style.ts";
import { formatPercent, plain } from "../plotly/text.ts";

/** An epoch and what happened in it. */
export interface EpochMark {
  /** The epoch, counted from 1. */
  readonly epoch: number;
  /** The text beside the mark. */
  readonly label: string;
}

/** The parts of a mark of an epoch in all panels of learning curves. */
export interface DrawnMark {
  readonly data: readonly Partial<Data>[];
  readonly shapes: readonly Partial<Shape>[];
  readonly annotations: readonly Partial<Annotations>[];
}

/**
 * Marks the best epoch with a dotted line through all panels, rings on the validation curves, and its
 * accuracy at the bottom of the second panel, where learning curves leave space.
 */
export function markBest(
  best: HistoryLine,
  history: readonly HistoryLine[],
  panels: number,
): DrawnMark {
  const first = history[0]!.epoch, last = history.at(-1)!.epoch;
  const isLate = best.epoch - first > 0.55 * (last - first);
  const text = `best: <b>${formatPercent(best.val_accuracy)}</b> in epoch ${best.epoch}`;
  return {
    data: [ring(best.epoch, best.val_loss, ""), ring(best.epoch, 100 * best.val_accuracy, "2")]
      .filter((_, index) => Number.isFinite([best.val_loss, best.val_accuracy][index])),
    shapes: lines(best.epoch, panels, "dot"),
    annotations: [note(text, {
      size: sizes.label,
      color: colors.validation,
      bgcolor: "rgba(255,255,255,0.85)",
      xref: "x2",
      x: best.epoch,
      xanchor: isLate ? "right" : "left",
      xshift: isLate ? -8 : 8,
      yref: "y2 domain" as "paper",
      y: 0,
      yanchor: "bottom",
      yshift: 8,
    })],
  };
}

/**
 * Marks the epoch that ends training with a dashed line through all panels. Its label is above the
 * first panel, or at the bottom for an early epoch, where the panel's title is in the way.
 */
export function markStop(
  { epoch, label }: EpochMark,
  history: readonly HistoryLine[],
  panels: number,
): DrawnMark {
  const first = history[0]!.epoch, last = history.at(-1)!.epoch;
  const isEarly = epoch - first < 0.35 * (last - first);
  return {
    data: [],
    shapes: lines(epoch, panels, "dash"),
    annotations: [note(plain(label), {
      xref: "x",
      x: epoch,
      xanchor: isEarly ? "left" : "right",
      xshift: isEarly ? 6 : 0,
      yref: "y domain" as "paper",
      y: isEarly ? 0 : 1,
      yanchor: "bottom",
      yshift: isEarly ? 8 : 3,
    })],
  };
}

function ring(epoch: number, value: number, axis: "" | "2"): Partial<Data> {
  return {
    type: "scatter",
    mode: "markers",
    x: [epoch],
    y: [value],
    xaxis: `x${axis}`,
    yaxis: `y${axis}`,
    marker: {
      size: 12,
      color: colors.paper,
      line: { color: colors.validation, width: 2.5 },
    },
    hoverinfo: "skip",
    showlegend: false,
  };
}

function lines(epoch: number, panels: number, dash: "dot" | "dash"): Partial<Shape>[] {
  return Array.from({ length: panels }, (_, index) => ({
    type: "line",
    layer: "below",
    xref: (index === 0 ? "x" : `x${index + 1}`) as "x",
    x0: epoch,
    x1: epoch,
    yref: `y${index === 0 ? "" : index + 1} domain` as "paper",
    y0: 0,
    y1: 1,
    line: { color: dash === "dot" ? colors.validation : colors.muted, width: 1.25, dash },
  }));
}
