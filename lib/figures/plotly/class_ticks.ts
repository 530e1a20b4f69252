import type { ClassLabel } from "../../data/dataset.ts";
import { colours, sizes, span } from "./style.ts";
import { firstName, plain, shorten, textWidth, wrap } from "./text.ts";

/** The labels of an axis of classes. */
export interface TickLabels {
  /** A label a class, in Plotly's small HTML. */
  readonly text: readonly string[];
  /** Plotly's turn in degrees, clockwise. */
  readonly angle: number;
  readonly size: number;
  /** How far the labels reach away from the axis, in pixels. */
  readonly reach: number;
}

/** The widest label in pixels; longer names are shortened. */
const widest = 170;
const lineHeight = 1.3;

/**
 * Labels for classes down the left side: the name, and the id below it in a smaller grey where
 * there is room for two lines. A class whose name is its id has one line.
 *
 * @param step The distance from a class to the next in pixels.
 */
export function labelsAtLeft(classes: readonly ClassLabel[], step: number): TickLabels {
  const size = sizeFor(step);
  const names = classes.map(({ name }) => shorten(firstName(name), widest, size));
  const withIds = step >= 30;
  const ids = classes.map(({ id, name }) => withIds && id !== name ? id : "");
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
 * Labels for classes along the bottom: level, broken into lines, where all words fit; else aslant,
 * or upright where the classes are close.
 *
 * @param step The distance from a class to the next in pixels.
 */
export function labelsAtBottom(classes: readonly ClassLabel[], step: number): TickLabels {
  return level(classes, step - 6) ?? turned(classes, step);
}

function level(classes: readonly ClassLabel[], width: number): TickLabels | undefined {
  const size = sizes.small;
  const words = classes.flatMap(({ name }) => firstName(name).split(" "));
  const ids = classes.map(({ id, name }) => id === name ? "" : id);
  const fits = words.every((word) => textWidth(word, size) <= width) &&
    ids.every((id) => textWidth(id, sizes.tiny) <= width);
  if (!fits) return undefined;
  const lines = classes.map(({ name }) => wrap(firstName(name), width, size, 3));
  return {
    text: lines.map((lines, index) => lines.map(plain).join("<br>") + smallId(ids[index]!, "<br>")),
    angle: 0,
    size,
    reach: (Math.max(...lines.map(({ length }) => length)) + 1) * size * lineHeight,
  };
}

function turned(classes: readonly ClassLabel[], step: number): TickLabels {
  const size = sizeFor(step);
  const withIds = step >= 30;
  const names = classes.map(({ name }) => shorten(firstName(name), widest, size));
  const ids = classes.map(({ id, name }) => withIds && id !== name ? shorten(id, 80, size) : "");
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

function sizeFor(step: number): number {
  return step >= 30 ? sizes.label : Math.min(sizes.small, Math.max(8, step * 0.8));
}

function smallId(id: string, separator: string): string {
  return id === "" ? "" : separator + span(plain(id), sizes.tiny, colours.muted);
}
