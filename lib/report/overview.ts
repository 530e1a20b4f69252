import { duration } from "../display/units.ts";
import { calibrationOf } from "../evaluation/metrics/calibration.ts";
import { wilsonInterval } from "../evaluation/metrics/wilson.ts";
import { networkHeading } from "../figures/run_heading.ts";
import { compact, formatPercent } from "../figures/plotly/text.ts";
import type { Evaluation } from "../runs/schemas.ts";
import { shortTestTime } from "../runs/display/test_time_text.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import { type Content, type Html, markup } from "./markup.ts";
import type { Evaluated, ReportedRun, Trained } from "./reported_run.ts";

/** A run's numbers in boxes, the most important first. */
export function overview({ trained, evaluated }: ReportedRun): Html {
  const facts = [...(evaluated ? quality(evaluated) : []), ...(trained ? effort(trained) : [])];
  return markup`<dl class="facts">
${facts.map(box)}</dl>`;
}

function box([name, value, note]: Fact): Html {
  return markup`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>
`;
}

type Fact = readonly [name: string, value: Content, note: Content];

function quality({ evaluation, predictions }: Evaluated): Fact[] {
  const { images, top1, top5, loss, classes, split } = evaluation;
  const [low, high] = topInterval(evaluation);
  return [
    [
      "Top-1 accuracy",
      formatPercent(top1),
      `95 % interval: ${formatPercent(low)} to ${formatPercent(high)}`,
    ],
    ...(classes.length > 5
      ? [["Top-5 accuracy", formatPercent(top5), `of ${classes.length} classes`] as const]
      : []),
    ["Loss", loss.toFixed(3), `${images} ${split} images${shortTestTime(evaluation)}`],
    [
      "Calibration error",
      formatPercent(calibrationOf(predictions).expectedError),
      "between how sure and how right",
    ],
  ];
}

function effort({ record, history }: Trained): Fact[] {
  const network = networkHeading(record);
  const { result } = record;
  const seconds = result?.seconds ?? history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return [
    [
      "Parameters",
      compact(record.parameters),
      network ? `${compact(countVGG(network).macs)} multiply-adds an image` : "",
    ],
    ["Training", duration(seconds), `${history.length} of ${record.recipe.epochs} epochs`],
  ];
}

/** Wilson's 95 % interval of the top-1 accuracy. */
export function topInterval({ top1, images }: Evaluation): [number, number] {
  return wilsonInterval(Math.round(top1 * images), images);
}
