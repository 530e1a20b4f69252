import type { LayoutAxis } from "plotly.js";
import type { HistoryLine } from "../../runs/schemas.ts";
import { colors } from "../plotly/style.ts";

/** One panel of learning curves. */
export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly axis: Partial<LayoutAxis>;
  /** The d3 format of the value under the mouse. */
  readonly hover: string;
  /** Whether to draw steps instead of straight lines between values. */
  readonly steps?: boolean;
}

/** One line of a panel. */
export interface Curve {
  readonly name: string;
  readonly color: string;
  /** One value per epoch. */
  readonly values: readonly number[];
}

/** The losses, on an axis that starts at 0. */
export function lossPanel(history: readonly HistoryLine[]): Panel {
  const train = history.map(({ loss }) => loss);
  const validation = history.map(({ val_loss }) => val_loss);
  const highest = Math.max(...[...train, ...validation].filter(Number.isFinite));
  return {
    title: "Loss",
    curves: bothCurves(train, validation),
    axis: { rangemode: "tozero", tickformat: highest > 0.6 ? ".1f" : ".2~f" },
    hover: ".3f",
  };
}

/** The accuracies in percent, on an axis up to 100 unless all are low. */
export function accuracyPanel(history: readonly HistoryLine[]): Panel {
  const train = history.map(({ accuracy }) => 100 * accuracy);
  const validation = history.map(({ val_accuracy }) => 100 * val_accuracy);
  const highest = Math.max(...[...train, ...validation].filter(Number.isFinite));
  return {
    title: "Accuracy",
    curves: bothCurves(train, validation),
    axis: {
      ticksuffix: "\u00a0%",
      ...(highest > 40 ? { range: [0, 103], dtick: 20 } : { rangemode: "tozero" }),
    },
    hover: ".1f",
  };
}

function bothCurves(train: readonly number[], validation: readonly number[]): Curve[] {
  return [
    { name: "train", color: colors.train, values: train },
    { name: "validation", color: colors.validation, values: validation },
  ];
}

/** The learning rate on a logarithmic axis, with a tick at each rate if there are few. */
export function ratePanel(history: readonly HistoryLine[]): Panel {
  const values = history.map(({ lr }) => lr);
  return {
    title: "Learning rate",
    curves: [{ name: "learning rate", color: colors.muted, values }],
    axis: rateAxis(values),
    hover: ".2g",
    steps: true,
  };
}

function rateAxis(rates: readonly number[]): Partial<LayoutAxis> {
  if (!rates.every((rate) => rate > 0)) return { rangemode: "tozero" };
  const logarithms = rates.map(Math.log10);
  const range = [Math.min(...logarithms) - 0.15, Math.max(...logarithms) + 0.15];
  const distinct = [...new Set(rates)];
  const ticks = distinct.length <= 5
    ? { tickvals: distinct, ticktext: distinct.map((rate) => String(Number(rate.toPrecision(3)))) }
    : { dtick: 1, exponentformat: "none" as const };
  return { type: "log", range, ...ticks };
}
