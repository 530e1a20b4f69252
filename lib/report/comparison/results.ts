import { duration, percent } from "../../display/format.ts";
import { type Content, markup } from "../../display/markup.ts";
import { type HtmlCell, numbers } from "../../display/table.ts";
import { calibrationOf } from "../../evaluation/metrics/calibration.ts";
import { compact } from "../../figures/plotly/text.ts";
import { networkHeading, runHeading } from "../../figures/run_heading.ts";
import { evaluatedImages, showsTop5 } from "../../runs/display/evaluation.ts";
import { countVGG } from "../../vgg/analysis/count.ts";
import type { EvaluationData, ReportedRun, TrainingData } from "../read_run.ts";
import { topInterval } from "../sections/overview.ts";
import { scrollTable, type Section, section, type SectionContext } from "../sections/section.ts";
import { runId, shortNames } from "./run_names.ts";

/** Up to so many runs, each is a column; more are a row each, so that the page stays narrow. */
const maxColumns = 4;

/** Something measured, with its value for a run. */
interface Metric {
  readonly name: string;
  readonly of: (run: ReportedRun) => HtmlCell;
}

/** Accuracies with their intervals, and costs, side by side. */
export function resultsSection(runs: readonly ReportedRun[], context: SectionContext): Section {
  const names = shortNames(runs);
  const metrics = [...qualityMetrics(runs), ...costMetrics];
  const title = "Results and cost of each run";
  const table = runs.length <= maxColumns
    ? scrollTable({
      title,
      columns: ["Metric", ...numbers(...names)],
      rows: [
        [
          "Network and data",
          ...runs.map((run) => markup`<span class="wide">${netAndImages(run)}</span>`),
        ],
        ...metrics.map(({ name, of }) => [name, ...runs.map(of)]),
      ],
    })
    : scrollTable({
      title,
      columns: ["Run", "Network and data", ...numbers(...metrics.map(({ name }) => name))],
      rows: runs.map((run, index) => [
        markup`<a href="#${runId(index)}">${names[index]}</a>`,
        markup`<span class="wide">${netAndImages(run)}</span>`,
        ...metrics.map(({ of }) => of(run)),
      ]),
    }, { sortable: true });
  return section(context, "results", "Results", differentImages(runs), table);
}

function differentImages(runs: readonly ReportedRun[]): Content {
  const keys = runs.flatMap((run) => run.evaluated ? [imagesOf(run, run.evaluated)] : []);
  return new Set(keys).size <= 1
    ? undefined
    : markup`<p class="note">The runs were evaluated on different images: their accuracies cannot be
compared.</p>`;
}

function imagesOf({ training }: ReportedRun, { evaluation, predictions }: EvaluationData): string {
  const { data, split } = evaluation;
  const source = data?.source ?? training?.record.data.source ?? "";
  return [source, split, ...predictions.map(({ id }) => id).toSorted()].join("\n");
}

/** The network, and the images it was evaluated on. */
function netAndImages({ training, evaluated }: ReportedRun): string {
  const { evaluation } = evaluated ?? {};
  const images = evaluation?.data ? `the ${evaluatedImages(evaluation)}` : undefined;
  if (training) return runHeading(training.record, images);
  const { runs = [], weights_file: file } = evaluation ?? {};
  const nets = file ? "a weights file" : runs.length > 1 ? "mean of several runs" : "a run";
  return nets + (images ? ` on ${images}` : "");
}

const noValue: HtmlCell = { shown: "none", value: -1 };

function cell(value: number | undefined, tell: (value: number) => Content): HtmlCell {
  return value === undefined ? noValue : { shown: tell(value), value };
}

function qualityMetrics(runs: readonly ReportedRun[]): Metric[] {
  const best = Math.max(...runs.map(({ evaluated }) => evaluated?.evaluation.top1 ?? -1));
  const metric = (name: string, of: (evaluated: EvaluationData) => HtmlCell): Metric => ({
    name,
    of: ({ evaluated }) => evaluated ? of(evaluated) : noValue,
  });
  const accuracy = metric(
    "Top-1, 95 % interval",
    ({ evaluation }) =>
      cell(evaluation.top1, (top1) => {
        const text = top1 === best ? markup`<strong>${percent(top1)}</strong>` : percent(top1);
        return markup`${text}<small>${topInterval(evaluation)}</small>`;
      }),
  );
  const top5 = metric(
    "Top-5",
    ({ evaluation }) => cell(showsTop5(evaluation) ? evaluation.top5 : undefined, percent),
  );
  const hasTop5 = runs.some(({ evaluated }) => evaluated && showsTop5(evaluated.evaluation));
  return [
    accuracy,
    ...(hasTop5 ? [top5] : []),
    metric("Loss", ({ evaluation }) => cell(evaluation.loss, (loss) => loss.toFixed(3))),
    metric(
      "Calibration error",
      ({ predictions }) => cell(calibrationOf(predictions).expectedError, percent),
    ),
  ];
}

function costMetric(
  name: string,
  valueOf: (record: TrainingData["record"]) => number | undefined,
  tell: (value: number) => string,
): Metric {
  return { name, of: ({ training }) => cell(training && valueOf(training.record), tell) };
}

const costMetrics: readonly Metric[] = [
  costMetric("Parameters", ({ parameters }) => parameters, compact),
  costMetric("Multiply-adds", (record) => {
    const network = networkHeading(record);
    return network && countVGG(network).macs;
  }, compact),
  costMetric("Training", ({ result }) => result?.seconds, duration),
  costMetric("Core-seconds", ({ result }) => result?.core_seconds, (value) => value.toFixed(0)),
];
