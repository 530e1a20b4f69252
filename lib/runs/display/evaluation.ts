import type { Bundle } from "../../display/bundle.ts";
import { percent } from "../../display/format.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { tableBundle } from "../../display/table.ts";
import type { Evaluation } from "../schemas.ts";
import { shortTestTime } from "./test_time_text.ts";

/** The display of an evaluation in a notebook: its summary and a row for each class. */
export function evaluationBundle(evaluation: Evaluation): Bundle {
  const { images, loss, per_class } = evaluation;
  return tableBundle({
    title: `${images} ${evaluatedImages(evaluation)}, ${weightsText(evaluation)}` +
      `${shortTestTime(evaluation)}: ${accuraciesText(evaluation)}, loss ${loss.toFixed(3)}`,
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

/** What was evaluated: `test images of photos`; without the data set's name for early files. */
export function evaluatedImages(
  { split, data, images }: Pick<Evaluation, "split" | "data" | "images">,
): string {
  const which = { train: "training ", validation: "validation ", test: "test ", all: "" }[split];
  return `${which}${images === 1 ? "image" : "images"}${data ? ` of ${data.name}` : ""}`;
}

/** Which weights were evaluated: `best weights`, or the name of their file. */
export function weightsText({ weights, weights_file: file }: Evaluation): string {
  return file ? file.path.split(/[\\/]/).at(-1)! : `${weights} weights`;
}

/** Whether top-5 says anything: with five classes or fewer it is always 100 %. */
export function showsTop5({ classes }: { readonly classes: { readonly length: number } }): boolean {
  return classes.length > 5;
}

/** The accuracies in percent: `top-1 81.0 %, top-5 97.2 %`. */
export function accuraciesText(evaluation: Evaluation): string {
  const { top1, top5 } = evaluation;
  return `top-1 ${percent(top1)}` + (showsTop5(evaluation) ? `, top-5 ${percent(top5)}` : "");
}
