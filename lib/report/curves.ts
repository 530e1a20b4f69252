import { duration } from "../display/units.ts";
import { learningCurvesFigure } from "../figures/charts/learning_curves.ts";
import { markedEpochs } from "../figures/run_heading.ts";
import { formatPercent } from "../figures/plotly/text.ts";
import type { HistoryLine } from "../runs/schemas.ts";
import { dataTable, numbers } from "./data_table.ts";
import type { Html } from "./markup.ts";
import type { Trained } from "./reported_run.ts";
import { type Section, section, type Setting } from "./section.ts";

/** Loss and accuracy, epoch by epoch. */
export function curvesSection({ record, history }: Trained, setting: Setting): Section {
  const options = markedEpochs(record);
  const first = history[0]!, last = history.at(-1)!;
  const validation = Number.isFinite(last.val_accuracy)
    ? `; of validation images, from ${formatPercent(first.val_accuracy)} to ${
      formatPercent(last.val_accuracy)
    }`
    : "";
  const chart = setting.charts.chart([
    { figure: learningCurvesFigure(history, options), least: 0.72 },
    { figure: learningCurvesFigure(history, { ...options, narrow: true }), least: 0.9 },
  ], {
    alternative:
      `Loss and accuracy over ${history.length} epochs. Accuracy of training images rises ` +
      `from ${formatPercent(first.accuracy)} to ${formatPercent(last.accuracy)}${validation}.`,
    caption: "Training counts augmented images while the weights change, validation whole ones " +
      "after the epoch. The rings are the epoch whose weights were kept.",
    table: historyTable(history),
  });
  return section(setting, "curves", "Learning curves", chart);
}

function historyTable(history: readonly HistoryLine[]): Html {
  const share = (value: number): string => Number.isFinite(value) ? formatPercent(value) : "none";
  return dataTable({
    caption: "Learning curves, epoch by epoch",
    columns: [
      "Epoch",
      ...numbers("Loss", "Accuracy", "Validation loss", "Validation accuracy"),
      ...numbers("Rate", "Time", "Images a second"),
    ],
    rows: history.map((line) => [
      line.epoch,
      line.loss.toFixed(3),
      share(line.accuracy),
      Number.isFinite(line.val_loss) ? line.val_loss.toFixed(3) : "none",
      share(line.val_accuracy),
      Number(line.lr.toPrecision(3)),
      duration(line.seconds),
      line.images_per_second.toFixed(0),
    ]),
  });
}
