import type { Bundle } from "../display/bundle.ts";
import { duration, percent } from "../display/format.ts";
import { escapeHtml } from "../display/markup.ts";
import { htmlTable } from "../display/table.ts";
import { formatEpoch, formatRun } from "../runs/display/text.ts";
import type { Run } from "../runs/run.ts";
import type { HistoryLine } from "../runs/schemas.ts";
import { progressHtml, type ProgressView } from "./progress_bar.ts";

/** The state of a training that a notebook shows. */
export interface TrainingView {
  run?: Run;
  readonly messages: string[];
  readonly history: HistoryLine[];
  bestEpoch: number;
  /** The current activity for a progress bar. */
  now?: ProgressView | undefined;
}

/** Describes a training for a notebook: its settings, a table of epochs, messages, a progress bar. */
export function trainingBundle({ run, messages, history, bestEpoch, now }: TrainingView): Bundle {
  const lines = run ? formatRun(run) : [];
  return {
    "text/plain": [
      ...lines,
      ...history.map((line) => formatEpoch(line, line.epoch === bestEpoch)),
      ...messages,
      ...(now ? [now.text] : []),
    ].join("\n"),
    "text/html": [
      ...(lines.length > 0 ? [`<pre>${escapeHtml(lines.join("\n"))}</pre>`] : []),
      ...(history.length > 0 ? [epochTable(history, bestEpoch)] : []),
      ...messages.map((message) => `<p>${escapeHtml(message)}</p>`),
      ...(now ? [progressHtml(now)] : []),
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
