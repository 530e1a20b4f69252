import type { ClassLabel } from "../../data/dataset.ts";
import { shortenApart } from "../../display/label_classes.ts";
import { colors, sizes, span } from "./style.ts";
import { plain, shorten, textWidth, wrap } from "./text.ts";

/** The labels of an axis of classes. */
export interface TickLabels {
  /** One label per class, in Plotly's subset of HTML. */
  readonly text: readonly string[];
  /** The rotation in degrees, clockwise. */
  readonly angle: number;
  /** The font size in pixels. */
  readonly size: number;
  /** How far the labels extend from the axis, in pixels. */
  readonly reach: number;
}

/** How labels of classes are made. */
interface LabelOptions {
  /** The maximum width of a label in pixels; longer names are shortened. Default 170. */
  readonly maxWidth?: number;
}

const lineHeight = 1.3;

/**
 * Labels for classes along the left side: the name and, if there is space for two lines, the id below
 * it in smaller gray letters. A class whose name is or has its id has one line.
 *
 * @param classes With names from {@linkcode labelClasses}.
 * @param step The distance from one class to the next in pixels.
 */
export function labelsAtLeft(
  classes: readonly ClassLabel[],
  step: number,
  options: LabelOptions = {},
): TickLabels {
  const size = sizeFor(step);
  const names = shortNames(classes, size, options);
  const ids = classes.map((each) => step >= 30 ? idBeside(each) : "");
  return {
    text: names.map((name, index) => plain(name) + smallId(ids[index]!, "<br>")),
    angle: 0,
    size,
    reach: Math.max(
      ...names.map((name) => textWidth(name, size)),
      ...ids.map((id) => textWidth(id, sizes.tiny)),
    ),
  };
}

/**
 * Labels for classes along the bottom: horizontal, wrapped into lines, if all words fit; else
 * diagonal, or vertical if the classes are close together.
 *
 * @param classes With names from {@linkcode labelClasses}.
 * @param step The distance from one class to the next in pixels.
 */
export function labelsAtBottom(
  classes: readonly ClassLabel[],
  step: number,
  options: LabelOptions = {},
): TickLabels {
  return horizontal(classes, step - 6) ?? rotated(classes, step, options);
}

function horizontal(classes: readonly ClassLabel[], width: number): TickLabels | undefined {
  const size = sizes.small;
  const words = classes.flatMap(({ name }) => name.split(" "));
  const ids = classes.map(idBeside);
  const fits = words.every((word) => textWidth(word, size) <= width) &&
    ids.every((id) => textWidth(id, sizes.tiny) <= width);
  const lines = classes.map(({ name }) => wrap(name, width, size, 3));
  const isWhole = lines.every((line, index) => line.join(" ") === classes[index]!.name);
  if (!fits || !isWhole && new Set(lines.map(String)).size < classes.length) return undefined;
  return {
    text: lines.map((lines, index) => lines.map(plain).join("<br>") + smallId(ids[index]!, "<br>")),
    angle: 0,
    size,
    reach: (Math.max(...lines.map(({ length }) => length)) + 1) * size * lineHeight,
  };
}

function rotated(
  classes: readonly ClassLabel[],
  step: number,
  options: LabelOptions,
): TickLabels {
  const size = sizeFor(step);
  const names = shortNames(classes, size, options);
  const ids = classes.map((each) => step >= 30 ? shorten(idBeside(each), 80, size) : "");
  const longest = Math.max(
    ...names.map((name, index) => textWidth(name, size) + textWidth(` ${ids[index]}`, sizes.tiny)),
  );
  const angle = step >= 24 ? -45 : -90;
  return {
    text: names.map((name, index) => plain(name) + smallId(ids[index]!, " ")),
    angle,
    size,
    reach: angle === -90 ? longest : (longest + size * lineHeight) * Math.SQRT1_2,
  };
}

function shortNames(
  classes: readonly ClassLabel[],
  size: number,
  { maxWidth = 170 }: LabelOptions,
): string[] {
  return shortenApart(
    classes.map(({ name }) => name),
    (text) => textWidth(text, size) <= maxWidth,
  );
}

/** The id to show beside a name, which may be or end with it. */
function idBeside({ id, name }: ClassLabel): string {
  return id === name || name.endsWith(`(${id})`) ? "" : id;
}

function sizeFor(step: number): number {
  return step >= 30 ? sizes.label : Math.min(sizes.small, Math.max(8, step * 0.8));
}

function smallId(id: string, separator: string): string {
  return id === "" ? "" : separator + span(plain(id), sizes.tiny, colors.muted);
}
