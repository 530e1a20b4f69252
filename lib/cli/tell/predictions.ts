import { bar, percent, plural } from "../../display/format.ts";
import { columnsOf, safeJson } from "../../display/foreign_text.ts";
import { labelClasses, shortenApart } from "../../display/label_classes.ts";
import { plainTable } from "../../display/table.ts";
import type { PredictedFile } from "../../evaluation/predict.ts";
import type { Net } from "../../weights/net.ts";
import { log, logError, logLines, terminalColumns } from "../progress.ts";

/** The greatest length of a bar of probability 1 and of a name, in characters. */
const maxBarWidth = 24, maxNameLength = 30;
/** The columns of a line besides the two: spaces and the percentage. */
const otherColumns = "      100.0 %".length;

/** Returns a function that prints an image's predictions as a line of JSON. */
export function printJson(count: number): (predicted: PredictedFile) => void {
  return ({ file, top }) => {
    const classes = top.map(({ id, name, probability }) => ({ class: id, name, probability }));
    log(safeJson({ file, [`top${count}`]: classes }));
  };
}

/** Returns a function that prints an image's classes with bars of their probabilities. */
export function printPlain({ classes }: Net): (predicted: PredictedFile) => void {
  const room = terminalColumns(Deno.stdout) - otherColumns;
  const names = shortenApart(
    labelClasses(classes).map(({ name }) => name),
    (text) => columnsOf(text) <= Math.min(maxNameLength, room * 2 / 3),
  );
  const width = names.reduce((most, name) => Math.max(most, columnsOf(name)), 0);
  const barWidth = Math.min(maxBarWidth, Math.max(4, room - width));
  return ({ file, top }) => {
    const rows = top.map(({ label, probability }) => [
      names[label]!,
      bar(probability, barWidth),
      percent(probability),
    ]);
    log(file);
    // All images have the same column widths.
    logLines(plainTable({ rows }, { indent: 2, widths: [width, barWidth, "100.0 %".length] }));
  };
}

/** `the net waited for images 3 % of the time` */
export function dataWaitText(share: number): string {
  return `the net waited for images ${Math.round(share * 100)} % of the time`;
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
    `${plural(images, "image")} in ${seconds.toFixed(1)} s, ${speed} per second, including ${work}`,
  );
}
