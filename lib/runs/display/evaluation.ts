import type { Bundle } from "../../display/bundle.ts";
import { percent } from "../../display/format.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { tableBundle } from "../../display/table.ts";
import type { Evaluation } from "../schemas.ts";
import { shortTestTime } from "./test_time_text.ts";

/** The display of an evaluation in a notebook: its summary and a row for each class. */
export function evaluationBundle(evaluation: Evaluation): Bundle {
  const { images, weights, loss, top1, top5, per_class } = evaluation;
  return tableBundle({
    title:
      `${images} ${evaluation.split} images, ${weights} weights${shortTestTime(evaluation)}: ` +
      `top-1 ${percent(top1)}, top-5 ${percent(top5)}, loss ${loss.toFixed(3)}`,
    columns: ["class", "right", "of", "accuracy", "95 % interval"],
    rows: labelClasses(per_class).map((
      { name, correct, total, accuracy, interval: [low, high] },
    ) => [
      name,
      correct,
      total,
      accuracy === null ? "no images" : percent(accuracy),
      accuracy === null ? "" : `${percent(low)} to ${percent(high)}`,
    ]),
  });
}
