import { calibrationOf } from "../evaluation/metrics/calibration.ts";
import { type Line, linesFigure } from "../figures/charts/lines.ts";
import { networkHeading, runHeading } from "../figures/run_heading.ts";
import { sizes } from "../figures/plotly/style.ts";
import { compact, formatPercent, textWidth } from "../figures/plotly/text.ts";
import { duration } from "../display/units.ts";
import type { HistoryLine } from "../runs/schemas.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import { type Cell, dataTable, numbers } from "./data_table.ts";
import { differences } from "./differences.ts";
import { type Content, type Html, markup } from "./markup.ts";
import { topInterval } from "./overview.ts";
import type { ReportedRun } from "./reported_run.ts";
import { type Section, section, type Setting } from "./section.ts";
import { comparableSettings } from "./settings.ts";

/** The most runs that one chart tells apart, and the widest name in it in pixels. */
const mostLines = 6, widestName = 130;

/** Several runs beside each other: what came out, how they learnt, and what they did otherwise. */
export function comparison(runs: readonly ReportedRun[], setting: Setting): Section[] {
  return [
    resultsSection(runs, setting),
    curvesSection(runs, setting),
    settingsSection(runs, setting),
  ];
}

/** Where a run's own part of the page begins. */
export function runId(index: number): string {
  return `run-${index + 1}`;
}

function resultsSection(runs: readonly ReportedRun[], setting: Setting): Section {
  const best = Math.max(...runs.map(({ evaluated }) => evaluated?.evaluation.top1 ?? -1));
  return section(
    setting,
    "results",
    "Results",
    sameImages(runs)
      ? undefined
      : markup`<p class="note">The runs were evaluated on different images: their accuracies are no
comparison.</p>`,
    dataTable({
      caption: "Results and cost of each run",
      columns: [
        "Run",
        { label: "Network and data", kind: "text" },
        ...numbers("Top-1, 95 % interval", "Top-5", "Loss", "Calibration error"),
        ...numbers("Parameters", "Multiply-adds", "Training", "Core-seconds"),
      ],
      sortable: true,
      rows: runs.map((run, index) => [
        markup`<a href="#${runId(index)}">${shortNames(runs)[index]}</a>`,
        run.trained ? runHeading(run.trained.record) : "several runs together",
        ...qualityCells(run, best),
        ...costCells(run),
      ]),
    }),
  );
}

const nothing: Cell = { shown: "", value: -1 };

function qualityCells({ evaluated }: ReportedRun, best: number): Cell[] {
  if (!evaluated) return new Array<Cell>(4).fill(nothing);
  const { evaluation, predictions } = evaluated;
  const { top1, top5, loss } = evaluation;
  const [low, high] = topInterval(evaluation);
  const { expectedError } = calibrationOf(predictions);
  return [
    {
      shown: markup`${formatPercent(top1)}<small>${formatPercent(low)} to ${
        formatPercent(high)
      }</small>`,
      value: top1,
      strong: top1 === best,
    },
    { shown: formatPercent(top5), value: top5 },
    { shown: loss.toFixed(3), value: loss },
    { shown: formatPercent(expectedError), value: expectedError },
  ];
}

function costCells({ trained }: ReportedRun): Cell[] {
  if (!trained) return new Array<Cell>(4).fill(nothing);
  const { record } = trained;
  const network = networkHeading(record);
  const macs = network && countVGG(network).macs;
  const { seconds, core_seconds: cores } = record.result ?? {};
  const cell = (value: number | undefined, shown: (value: number) => Content): Cell =>
    value === undefined ? nothing : { shown: shown(value), value };
  return [
    cell(record.parameters, compact),
    cell(macs, compact),
    cell(seconds, duration),
    cell(cores, (value) => value.toFixed(0)),
  ];
}

function sameImages(runs: readonly ReportedRun[]): boolean {
  const keys = runs.flatMap(({ evaluated }) =>
    evaluated ? [evaluated.predictions.map(({ id }) => id).toSorted().join("\n")] : []
  );
  return new Set(keys).size <= 1;
}

function curvesSection(runs: readonly ReportedRun[], setting: Setting): Section {
  const names = shortNames(runs);
  const chart = (title: string, valueOf: (line: HistoryLine) => number): Html | undefined => {
    const lines = runs.flatMap(({ trained }, index): Line[] => {
      const values = trained?.history.map(valueOf) ?? [];
      const places = trained?.history.map(({ epoch }) => epoch) ?? [];
      return values.some(Number.isFinite) ? [{ name: names[index]!, values, places }] : [];
    }).slice(0, mostLines);
    if (lines.length === 0) return undefined;
    const figure = linesFigure(lines, { title, xTitle: "Epoch", yTitle: title });
    return setting.charts.chart([{ figure, least: 0.45 }], {
      table: linesTable(title, lines),
      alternative: `${title} over the epochs of ${lines.length} runs. ` +
        lines.map(({ name, values }) => `${name}: at last ${values.at(-1)!.toPrecision(3)}`).join(
          "; ",
        ),
    });
  };
  return section(
    setting,
    "compared-curves",
    "Learning curves",
    runs.length > mostLines
      ? markup`<p class="lead">Of the first ${mostLines} runs; the others' are below.</p>`
      : undefined,
    chart("Validation accuracy in %", ({ val_accuracy }) => 100 * val_accuracy),
    chart("Validation loss", ({ val_loss }) => val_loss),
    chart("Training loss", ({ loss }) => loss),
  );
}

function linesTable(title: string, lines: readonly Line[]): Html {
  const epochs = [...new Set(lines.flatMap(({ places = [] }) => places))].sort((a, b) => a - b);
  return dataTable({
    caption: `${title}, epoch by epoch`,
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

function settingsSection(runs: readonly ReportedRun[], setting: Setting): Section {
  const all = runs.map(({ trained }) => trained ? comparableSettings(trained.record) : new Map());
  const names = differences(all);
  return section(
    setting,
    "differences",
    "What differs in their settings",
    names.length === 0 ? markup`<p>Nothing: the runs have the same settings.</p>` : dataTable({
      caption: "Settings that are not the same in all runs",
      columns: ["Setting", ...shortNames(runs)],
      rows: names.map((name) => [name, ...all.map((settings) => settings.get(name) ?? "none")]),
    }),
  );
}

/** The runs' names where they are short and different; else their numbers. */
export function shortNames(runs: readonly ReportedRun[]): string[] {
  const names = runs.map(({ name }) => name);
  const areShort = names.every((name) => textWidth(name, sizes.label) <= widestName);
  if (areShort && new Set(names).size === names.length) return names;
  return names.map((_, index) => `Run ${index + 1}`);
}
