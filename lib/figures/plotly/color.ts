import { colours } from "./style.ts";

/** Red, green and blue from 0 to 255. */
export type RGB = readonly [number, number, number];

/**
 * The colour a part of the way from one to another, in `#rrggbb`.
 *
 * @param part From 0 (`from`) to 1 (`to`).
 */
export function blend(from: string, to: string, part: number): string {
  const start = toRGB(from), end = toRGB(to);
  return toHex(start.map((value, channel) => value + (end[channel]! - value) * part));
}

/** Ink or white: the one that is easier to read on a background in `#rrggbb`. */
export function readableOn(background: string): string {
  const [ink, white] = [colours.ink, colours.paper].map((text) => contrast(text, background));
  return ink! >= white! ? colours.ink : colours.paper;
}

/** The ratio of two colours' luminances as WCAG 2 defines it, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = toRGB(colour).map((value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** Reads `#rrggbb`. */
export function toRGB(colour: string): RGB {
  const number = parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** Writes `#rrggbb`; what is out of range becomes the nearest that is not. */
export function toHex(channels: readonly number[]): string {
  const digits = channels.map((value) =>
    Math.round(Math.min(255, Math.max(0, value))).toString(16).padStart(2, "0")
  );
  return `#${digits.join("")}`;
}
