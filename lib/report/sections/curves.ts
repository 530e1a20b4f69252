import { duration, percent, plural } from "../../display/format.ts";
import type { Html } from "../../display/markup.ts";
import { numbers } from "../../display/table.ts";
import { learningCurvesFigure } from "../../figures/charts/learning_curves.ts";
import { markedEpochs } from "../../figures/run_heading.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import type { TrainingData } from "../read_run.ts";
import { scrollTable, type Section, section, type SectionContext } from "./section.ts";

/** Loss and accuracy, epoch by epoch. */
export function curvesSection({ record, history }: TrainingData, context: SectionContext): Section {
  const options = markedEpochs(record);
  const first = history[0]!, last = history.at(-1)!;
  const validation = Number.isFinite(last.val_accuracy)
    ? `; of validation images, from ${percent(first.val_accuracy)} to ${percent(last.val_accuracy)}`
    : "";
  const chart = context.charts.chart([
    { figure: learningCurvesFigure(history, options), minScale: 0.68 },
    { figure: learningCurvesFigure(history, { ...options, narrow: true }), minScale: 0.9 },
  ], {
    alternative:
      `Loss and accuracy over ${
        plural(history.length, "epoch")
      }. Accuracy of training images rises ` +
      `from ${percent(first.accuracy)} to ${percent(last.accuracy)}${validation}.`,
    caption: "Training accuracy is of augmented images while the weights change, validation " +
      "accuracy of unchanged images after the epoch. The rings mark the epoch whose weights were kept.",
    table: historyTable(history),
  });
  return section(context, "curves", "Learning curves", chart);
}

function historyTable(history: readonly HistoryLine[]): Html {
  const share = (value: number): string => Number.isFinite(value) ? percent(value) : "none";
  return scrollTable({
    title: "Learning curves, epoch by epoch",
    columns: [
      "Epoch",
      ...numbers("Loss", "Accuracy", "Validation loss", "Validation accuracy"),
      ...numbers("Learning rate", "Time", "Images a second"),
    ],
    rows: history.map((line) => [
      line.epoch,
      line.loss.toFixed(3),
      share(line.accuracy),
      Number.isFinite(line.val_loss) ? line.val_loss.toFixed(3) : "none",
      share(line.val_accuracy),
      String(Number(line.lr.toPrecision(3))),
      duration(line.seconds),
      line.images_per_second.toFixed(0),
    ]),
  });
}
