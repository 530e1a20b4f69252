import { bar, percent } from "../../display/format.ts";
import { columnsOf, safeJson, showControls } from "../../display/foreign_text.ts";
import { labelClasses, shortenApart } from "../../display/label_classes.ts";
import { plainTable } from "../../display/table.ts";
import type { PredictedFile } from "../../evaluation/predict.ts";
import type { Net } from "../../weights/net.ts";
import { log, logError } from "../progress.ts";

/** The length of a bar of probability 1 and the maximum length of a name, in characters. */
const barWidth = 24, maxNameLength = 30;

/** Returns a function that prints an image's predictions as a line of JSON. */
export function printJson(count: number): (predicted: PredictedFile) => void {
  return ({ file, top }) => {
    const classes = top.map(({ id, name, probability }) => ({ class: id, name, probability }));
    log(safeJson({ file, [`top${count}`]: classes }));
  };
}

/** Returns a function that prints an image's classes with bars of their probabilities. */
export function printPlain({ classes }: Net): (predicted: PredictedFile) => void {
  const names = shortenApart(
    labelClasses(classes).map(({ name }) => name),
    (text) => columnsOf(text) <= maxNameLength,
  );
  const width = names.reduce((most, name) => Math.max(most, columnsOf(name)), 0);
  return ({ file, top }) => {
    const rows = top.map(({ label, probability }) => [
      names[label]!,
      bar(probability, barWidth),
      percent(probability),
    ]);
    log(showControls(file));
    // All images have the same column widths.
    log(plainTable({ rows }, { indent: 2, widths: [width, barWidth, "100.0 %".length] }));
  };
}

/**
 * Prints the speed, if there was an image.
 *
 * @param work What the time includes besides prediction.
 */
export function printSpeed(images: number, seconds: number, work: string): void {
  if (images === 0) return;
  const speed = (images / seconds).toPrecision(3);
  logError(
    `${images} ${images === 1 ? "image" : "images"} in ${
      seconds.toFixed(1)
    } s, ${speed} per second, including ${work}`,
  );
}
