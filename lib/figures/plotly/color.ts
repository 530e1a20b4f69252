import chroma from "chroma-js";
import { colors } from "./palette.ts";

/** Red, green and blue from 0 to 255. */
export type RGB = readonly [number, number, number];

/**
 * Mixes two colors in sRGB and returns `#rrggbb`.
 *
 * @param part From 0 (`from`) to 1 (`to`).
 */
export function blend(from: string, to: string, part: number): string {
  return chroma.mix(from, to, part, "rgb").hex();
}

/** Returns ink or white: the one that is easier to read on a background in `#rrggbb`. */
export function readableOn(background: string): string {
  const [ink, white] = [colors.ink, colors.paper].map((text) => contrast(text, background));
  return ink! >= white! ? colors.ink : colors.paper;
}

/** Returns the contrast ratio of two colors as WCAG 2 defines it, from 1 to 21. */
export function contrast(one: string, other: string): number {
  return chroma.contrast(one, other);
}

/** Reads `#rrggbb`. */
export function toRGB(color: string): RGB {
  return chroma(color).rgb();
}
