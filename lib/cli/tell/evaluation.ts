import { percent } from "../../display/format.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { plainTable } from "../../display/table.ts";
import type { EvaluationOptions } from "../../evaluation/evaluate.ts";
import { mostConfused, onlyPrediction } from "../../evaluation/metrics/summarize.ts";
import { accuraciesText, evaluatedImages, weightsText } from "../../runs/display/evaluation.ts";
import { formatTestTime } from "../../runs/display/test_time_text.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import { interruptible } from "../interrupt.ts";
import { log, logError } from "../progress.ts";
import { showWaiting } from "./waiting.ts";

type Hooks = Required<
  Pick<EvaluationOptions, "signal" | "onMessage" | "onPrepare" | "onProgress" | "onWritten">
>;

/**
 * Evaluates with a progress display, prints the results, and says where they are.
 *
 * @param own The run's folder, which is not named.
 */
export async function printEvaluation(
  work: (hooks: Hooks) => Promise<Evaluation>,
  own?: string,
): Promise<void> {
  const waiting = showWaiting();
  let written: string | undefined;
  const evaluation = await interruptible((signal) =>
    work({
      signal,
      onMessage: (line) => {
        waiting.end();
        logError(line);
      },
      onPrepare: waiting.at,
      onProgress: (done, total) => waiting.at(done, total, { verb: "Evaluating", unit: "images" }),
      onWritten: (directory) => {
        written = directory;
      },
    })
  ).finally(() => waiting.end());
  report(evaluation);
  if (written !== undefined && written !== own) log(`written    ${written}`);
}

function report(evaluation: Evaluation): void {
  const { images, loss, confusion } = evaluation;
  const classes = labelClasses(evaluation.classes), per_class = labelClasses(evaluation.per_class);
  log(
    `evaluation ${images} ${evaluatedImages(evaluation)}, ${weightsText(evaluation)}, ` +
      `${formatTestTime(evaluation)}: loss ${loss.toFixed(3)}, ${accuraciesText(evaluation)}`,
  );
  const rows = per_class.slice(0, 20).map(({ name, accuracy, correct, total, interval }) =>
    accuracy === null
      ? [name, "", "no images"]
      : [name, percent(accuracy), `(${correct}/${total}; ${interval.map(percent).join(" to ")})`]
  );
  log(plainTable({ rows }, { indent: 11 }));
  if (per_class.length > 20) log(`           … and ${per_class.length - 20} more classes`);
  const only = onlyPrediction(confusion);
  if (only !== undefined) {
    logError(
      `warning    all ${images} images are taken for ${
        classes[only]!.name
      }: the net knows no other ` +
        `class. Train longer (--epochs), with --batch-norm or a lower --learning-rate, or from ` +
        `trained weights (--weights); let the classes have about as many images each`,
    );
  }
  const pairs = mostConfused(confusion).slice(0, 3).map(({ classes: [first, second], counts }) =>
    `${classes[first]!.name} and ${classes[second]!.name} (${counts[0] + counts[1]})`
  );
  if (pairs.length > 0) log(`confused   ${pairs.join(", ")}`);
}
