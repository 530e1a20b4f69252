import { duration, percent, plural } from "../../display/format.ts";
import { type Content, type Html, markup } from "../../display/markup.ts";
import { calibrationOf } from "../../evaluation/metrics/calibration.ts";
import { wilsonInterval } from "../../evaluation/metrics/wilson.ts";
import { compact } from "../../figures/plotly/text.ts";
import { networkHeading } from "../../figures/run_heading.ts";
import { evaluatedImages, showsTop5 } from "../../runs/display/evaluation.ts";
import { shortTestTime } from "../../runs/display/test_time_text.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import { countVGG } from "../../vgg/analysis/count.ts";
import type { EvaluationData, ReportedRun, TrainingData } from "../read_run.ts";

type Fact = readonly [name: string, value: Content, note: Content];

/** A run's numbers in boxes, the most important first. */
export function overview({ training, evaluated }: ReportedRun): Html {
  const facts = [
    ...(evaluated ? qualityFacts(evaluated) : []),
    ...(training ? trainingFacts(training) : []),
  ];
  return markup`<dl class="facts">
${
    facts.map(([name, value, note]) =>
      markup`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>
`
    )
  }</dl>`;
}

function qualityFacts({ evaluation, predictions }: EvaluationData): Fact[] {
  const { images, top1, top5, loss, classes } = evaluation;
  return [
    ["Top-1 accuracy", percent(top1), `95 % interval: ${topInterval(evaluation)}`],
    ...(showsTop5(evaluation)
      ? [["Top-5 accuracy", percent(top5), `of ${classes.length} classes`] as const]
      : []),
    [
      "Loss",
      loss.toFixed(3),
      `${images} ${evaluatedImages(evaluation)}${shortTestTime(evaluation)}`,
    ],
    [
      "Calibration error",
      percent(calibrationOf(predictions).expectedError),
      "mean gap between probability and accuracy",
    ],
  ];
}

function trainingFacts({ record, history }: TrainingData): Fact[] {
  const network = networkHeading(record);
  const seconds = record.result?.seconds ??
    history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return [
    [
      "Parameters",
      compact(record.parameters),
      network ? `${compact(countVGG(network).macs)} multiply-adds an image` : "",
    ],
    [
      "Training",
      duration(seconds),
      `${history.length} of ${plural(record.recipe.epochs, "epoch")}`,
    ],
  ];
}

/** Returns Wilson's 95 % interval of the top-1 accuracy: `94.9 % to 98.0 %`. */
export function topInterval({ top1, images }: Evaluation): string {
  return wilsonInterval(Math.round(top1 * images), images).map((end) => percent(end)).join(" to ");
}
