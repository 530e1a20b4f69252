import { duration, percent } from "../../display/format.ts";
import { type Html, markup } from "../../display/markup.ts";
import { type HtmlCell, numbers, textColumn } from "../../display/table.ts";
import { calibrationOf } from "../../evaluation/metrics/calibration.ts";
import { type Line, linesFigure } from "../../figures/charts/lines.ts";
import { sizes } from "../../figures/plotly/style.ts";
import { compact, textWidth } from "../../figures/plotly/text.ts";
import { runHeading } from "../../figures/run_heading.ts";
import { networkHeading } from "../../figures/run_heading.ts";
import { evaluatedImages, showsTop5 } from "../../runs/display/evaluation.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import { countVGG } from "../../vgg/analysis/count.ts";
import { differences, type FlatSettings } from "../flat_settings.ts";
import type { ReportedRun } from "../read_run.ts";
import { topInterval } from "./overview.ts";
import { scrollTable, type Section, section, type SectionContext } from "./section.ts";
import { comparableSettings } from "./settings.ts";

/** The most runs that one chart tells apart, and the widest name in it in pixels. */
const maxLines = 6, maxNameWidth = 130;

/** Several runs side by side: results, learning curves, and how their settings differ. */
export function comparison(runs: readonly ReportedRun[], context: SectionContext): Section[] {
  return [
    resultsSection(runs, context),
    comparedCurvesSection(runs, context),
    differencesSection(runs, context),
  ];
}

/** Returns the id of a run's part of the page. */
export function runId(index: number): string {
  return `run-${index + 1}`;
}

function resultsSection(runs: readonly ReportedRun[], context: SectionContext): Section {
  const best = Math.max(...runs.map(({ evaluated }) => evaluated?.evaluation.top1 ?? -1));
  const hasTop5 = runs.some(({ evaluated }) => evaluated && showsTop5(evaluated.evaluation));
  const top5 = hasTop5 ? ["Top-5"] : [];
  return section(
    context,
    "results",
    "Results",
    haveSameImages(runs)
      ? undefined
      : markup`<p class="note">The runs were evaluated on different images: their accuracies cannot be
compared.</p>`,
    scrollTable({
      title: "Results and cost of each run",
      columns: [
        "Run",
        "Network and data",
        ...numbers("Top-1, 95 % interval", ...top5, "Loss", "Calibration error"),
        ...numbers("Parameters", "Multiply-adds", "Training", "Core-seconds"),
      ],
      rows: runs.map((run, index) => [
        markup`<a href="#${runId(index)}">${shortNames(runs)[index]}</a>`,
        markup`<span class="wide">${netAndImages(run)}</span>`,
        ...qualityCells(run, best, hasTop5),
        ...costCells(run),
      ]),
    }, { sortable: true }),
  );
}

const noValue: HtmlCell = { shown: "", value: -1 };

/** The network, and the images it was evaluated on. */
function netAndImages({ training, evaluated }: ReportedRun): string {
  const { evaluation } = evaluated ?? {};
  const images = evaluation?.data ? `the ${evaluatedImages(evaluation)}` : undefined;
  if (training) return runHeading(training.record, images);
  const { runs = [], weights_file: file } = evaluation ?? {};
  const nets = file ? "a weights file" : runs.length > 1 ? "mean of several runs" : "a run";
  return nets + (images ? ` on ${images}` : "");
}

function qualityCells(
  { evaluated }: ReportedRun,
  best: number,
  hasTop5: boolean,
): HtmlCell[] {
  if (!evaluated) return new Array<HtmlCell>(hasTop5 ? 4 : 3).fill(noValue);
  const { evaluation, predictions } = evaluated;
  const { top1, top5, loss } = evaluation;
  const accuracy = top1 === best ? markup`<strong>${percent(top1)}</strong>` : percent(top1);
  const { expectedError } = calibrationOf(predictions);
  return [
    { shown: markup`${accuracy}<small>${topInterval(evaluation)}</small>`, value: top1 },
    ...(hasTop5 ? [showsTop5(evaluation) ? { shown: percent(top5), value: top5 } : noValue] : []),
    { shown: loss.toFixed(3), value: loss },
    { shown: percent(expectedError), value: expectedError },
  ];
}

function costCells({ training }: ReportedRun): HtmlCell[] {
  if (!training) return new Array<HtmlCell>(4).fill(noValue);
  const { record } = training;
  const network = networkHeading(record);
  const { seconds, core_seconds: cores } = record.result ?? {};
  const cell = (value: number | undefined, tell: (value: number) => string): HtmlCell =>
    value === undefined ? noValue : { shown: tell(value), value };
  return [
    cell(record.parameters, compact),
    cell(network && countVGG(network).macs, compact),
    cell(seconds, duration),
    cell(cores, (value) => value.toFixed(0)),
  ];
}

function haveSameImages(runs: readonly ReportedRun[]): boolean {
  const keys = runs.flatMap(({ evaluated, training }) => {
    if (!evaluated) return [];
    const { evaluation: { data, split }, predictions } = evaluated;
    const source = data?.source ?? training?.record.data.source ?? "";
    return [[source, split, ...predictions.map(({ id }) => id).toSorted()].join("\n")];
  });
  return new Set(keys).size <= 1;
}

function comparedCurvesSection(runs: readonly ReportedRun[], context: SectionContext): Section {
  const names = shortNames(runs);
  const chart = (title: string, valueOf: (line: HistoryLine) => number): Html | undefined => {
    const lines = runs.flatMap(({ training }, index): Line[] => {
      const values = training?.history.map(valueOf) ?? [];
      const places = training?.history.map(({ epoch }) => epoch) ?? [];
      return values.some(Number.isFinite) ? [{ name: names[index]!, values, places }] : [];
    }).slice(0, maxLines);
    if (lines.length === 0) return undefined;
    const figure = linesFigure(lines, { title, xTitle: "Epoch", yTitle: title });
    const ends = lines.map(({ name, values }) => `${name}: ${values.at(-1)!.toPrecision(3)}`);
    return context.charts.chart([{ figure, minScale: 0.45 }], {
      table: linesTable(title, lines),
      alternative: `${title} over the epochs of ${lines.length} runs. At the end, ${
        ends.join("; ")
      }`,
    });
  };
  return section(
    context,
    "compared-curves",
    "Learning curves",
    runs.length > maxLines
      ? markup`<p class="lead">Of the first ${maxLines} runs; the others' are below.</p>`
      : undefined,
    chart("Validation accuracy in %", ({ val_accuracy }) => 100 * val_accuracy),
    chart("Validation loss", ({ val_loss }) => val_loss),
    chart("Training loss", ({ loss }) => loss),
  );
}

function linesTable(title: string, lines: readonly Line[]): Html {
  const epochs = [...new Set(lines.flatMap(({ places = [] }) => places))].sort((a, b) => a - b);
  return scrollTable({
    title: `${title}, epoch by epoch`,
    columns: ["Epoch", ...numbers(...lines.map(({ name }) => name))],
    rows: epochs.map((epoch) => [
      epoch,
      ...lines.map(({ values, places = [] }) => {
        const value = values[places.indexOf(epoch)];
        return value === undefined || Number.isNaN(value) ? "" : value.toPrecision(4);
      }),
    ]),
  });
}

function differencesSection(runs: readonly ReportedRun[], context: SectionContext): Section {
  const all = runs.map(({ training }): FlatSettings =>
    training ? comparableSettings(training.record) : new Map()
  );
  const names = differences(all);
  return section(
    context,
    "differences",
    "Differences in settings",
    names.length === 0 ? markup`<p>None: the runs have the same settings.</p>` : scrollTable({
      title: "Settings that are not the same in all runs",
      columns: ["Setting", ...shortNames(runs).map(textColumn)],
      rows: names.map((name) => [name, ...all.map((settings) => settings.get(name) ?? "none")]),
    }),
  );
}

/** Returns the runs' names where they are short and different, otherwise their numbers. */
export function shortNames(runs: readonly ReportedRun[]): string[] {
  const names = runs.map(({ name }) => name);
  const areShort = names.every((name) => textWidth(name, sizes.label) <= maxNameWidth);
  if (areShort && new Set(names).size === names.length) return names;
  return names.map((_, index) => `Run ${index + 1}`);
}
