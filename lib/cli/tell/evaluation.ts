import { columnsOf } from "../../display/foreign_text.ts";
import { percent, plural } from "../../display/format.ts";
import { labelClasses, shortenApart } from "../../display/label_classes.ts";
import { plainTable } from "../../display/table.ts";
import type { EvaluationOptions } from "../../evaluation/evaluate.ts";
import { mostConfused, onlyPrediction } from "../../evaluation/metrics/summarize.ts";
import { accuraciesText, evaluatedImages, weightsText } from "../../runs/display/evaluation.ts";
import { formatTestTime } from "../../runs/display/test_time_text.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import { interruptible } from "../interrupt.ts";
import { againText } from "../flags/task_command.ts";
import { log, logError, logLines, terminalColumns } from "../progress.ts";
import { dataWaitText } from "./predictions.ts";
import { showWaiting } from "./waiting.ts";

/** The columns of a class's line besides its name and its counts. */
const otherColumns = 11 + "  100.0 %  ".length;
/** The length of a name that is kept however narrow the terminal is. */
const shortestName = 8;

type Hooks = Required<
  Pick<
    EvaluationOptions,
    "signal" | "onMessage" | "onPrepare" | "onProgress" | "onDataWait" | "onWritten"
  >
>;

/**
 * Evaluates with a progress display, prints the results, and says where they are.
 *
 * @param options `own` is the run's folder, which is not named; `advice` says how to go on after an
 *   interruption.
 */
export async function printEvaluation(
  work: (hooks: Hooks) => Promise<Evaluation>,
  { own, advice = againText }: { readonly own?: string; readonly advice?: () => string } = {},
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
      onDataWait: (share) => {
        waiting.end();
        logError(dataWaitText(share));
      },
      onWritten: (directory) => {
        written = directory;
      },
    }), { advice }).finally(() => waiting.end());
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
  const rows = per_class.slice(0, 20).map(({ accuracy, correct, total, interval }) =>
    accuracy === null
      ? ["", "no images"]
      : [percent(accuracy), `(${correct}/${total}; ${interval.map(percent).join(" to ")})`]
  );
  const longest = Math.max(...rows.map(([, counts = ""]) => counts.length));
  const room = terminalColumns(Deno.stdout) - longest - otherColumns;
  const names = shortenApart(
    per_class.map(({ name }) => name),
    (text) => columnsOf(text) <= Math.max(shortestName, room),
  );
  logLines(plainTable({ rows: rows.map((row, at) => [names[at]!, ...row]) }, { indent: 11 }));
  if (per_class.length > 20) {
    log(`           … and ${plural(per_class.length - 20, "more class", "more classes")}`);
  }
  const only = onlyPrediction(confusion);
  if (only !== undefined) {
    logError(
      `warning    all ${plural(images, "image")} are taken for ${
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
