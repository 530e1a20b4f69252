import type { Bundle } from "../display/bundle.ts";
import { escapeHtml } from "../display/markup.ts";
import { htmlTable } from "../display/table.ts";
import { duration, percent } from "../display/units.ts";
import type { HistoryLine } from "../training/run_files.ts";
import { tellEpoch, tellRun } from "../training/tell.ts";
import { progressHtml } from "./progress_bar.ts";
import type { TrainingState } from "./watch_training.ts";

/** What a training looks like while it goes on: what it is, its epochs, a progress bar, warnings. */
export function trainingBundle({ run, messages, history, bestEpoch, now }: TrainingState): Bundle {
  const lines = run ? tellRun(run) : [];
  return {
    "text/plain": [
      ...lines,
      ...history.map((line) => tellEpoch(line, line.epoch === bestEpoch)),
      ...messages,
      ...(now ? [now.text] : []),
    ].join("\n"),
    "text/html": [
      ...(lines.length > 0 ? [`<pre>${escapeHtml(lines.join("\n"))}</pre>`] : []),
      ...(history.length > 0 ? [epochTable(history, bestEpoch)] : []),
      ...messages.map((message) => `<p>${escapeHtml(message)}</p>`),
      ...(now ? [progressHtml(now.done, now.total, now.text)] : []),
    ].join("\n"),
  };
}

function epochTable(history: readonly HistoryLine[], bestEpoch: number): string {
  const validated = history.some(({ val_accuracy }) => Number.isFinite(val_accuracy));
  const validation = (line: HistoryLine): string[] =>
    validated ? [line.val_loss.toFixed(3), percent(line.val_accuracy)] : [];
  return htmlTable({
    columns: [
      "epoch",
      "loss",
      "accuracy",
      ...(validated ? ["validation loss", "validation accuracy"] : []),
      "time",
      "images/s",
      "",
    ],
    rows: history.map((line) => [
      line.epoch,
      line.loss.toFixed(3),
      percent(line.accuracy),
      ...validation(line),
      duration(line.seconds),
      Math.round(line.images_per_second),
      line.epoch === bestEpoch ? "best" : "",
    ]),
  }).text;
}
