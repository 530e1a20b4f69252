import { bar, percent } from "../display/format.ts";
import { plainTable } from "../display/table.ts";
import type { PredictedFile } from "../evaluation/predict.ts";
import { firstName } from "../figures/plotly/text.ts";
import type { Net } from "../weights/net.ts";
import { log, logError } from "./progress.ts";

/** In characters: a bar of probability 1, and the longest name. */
const barWidth = 24, longestName = 30;

/** Prints a line of JSON an image. */
export function printJson(count: number): (predicted: PredictedFile) => void {
  return ({ file, top }) => {
    const classes = top.map(({ id, name, probability }) => ({ class: id, name, probability }));
    log(JSON.stringify({ file, [`top${count}`]: classes }));
  };
}

/** Prints an image's classes with bars of their probabilities. */
export function printPlain({ classes }: Net): (predicted: PredictedFile) => void {
  const shown = (name: string): string => {
    const first = firstName(name);
    return first.length > longestName ? `${first.slice(0, longestName - 1)}…` : first;
  };
  const width = Math.max(...classes.map(({ name }) => shown(name).length));
  return ({ file, top }) => {
    const rows = top.map(({ name, probability }) => [
      shown(name),
      bar(probability, barWidth),
      percent(probability),
    ]);
    log(file);
    // Columns of the same width for every image.
    log(plainTable({ rows }, { indent: 2, widths: [width, barWidth, "100.0 %".length] }));
  };
}

/**
 * Says how fast it went, where there was an image.
 *
 * @param work What else than predicting the time went into.
 */
export function printSpeed(images: number, seconds: number, work: string): void {
  if (images === 0) return;
  const speed = (images / seconds).toPrecision(3);
  logError(
    `${images} ${images === 1 ? "image" : "images"} in ${
      seconds.toFixed(1)
    } s, ${speed} a second, ${work} included`,
  );
}
