import chroma from "chroma-js";

/** OKLab lightness of the dark page and its text, and of the light theme's ink. */
const page = 0.225, text = 0.93, ink = 0.27;
/** Above 1, middle tones become lighter, which thin letters need on a dark page. */
const lift = 1.2;
/** The highest lower bound on the lightness of a strong color. */
const bright = 0.62;
/** Shift along OKLab's blue axis: the dark page is bluish, as the light theme's ink is. */
const tint = -0.01;

/**
 * Returns the color that replaces another one on a dark page: the same hue, and as far in lightness
 * from the dark page as the original is from white. Contrasts between colors are kept.
 *
 * @param color `#rrggbb`.
 *
 * @example
 * ```ts
 * import { darkColor } from "./dark_theme.ts";
 *
 * darkColor("#ffffff"); // nearly black
 * ```
 */
export function darkColor(color: string): string {
  const [lightness, a, b] = chroma(color).oklab();
  const fromWhite = Math.max(0, 1 - lightness) / (1 - ink);
  const inverse = Math.min(1, page + (text - page) * fromWhite ** (1 / lift));
  // Strong colors stay bright: a dark amber would be brown.
  const strong = Math.min(bright, 8 * (Math.hypot(a, b) - 0.06));
  const dark = Math.max(inverse, strong);
  return chroma.oklab(dark, a, b + tint * (1 - dark)).hex();
}

/** Returns the dark color of each color that occurs in a text, such as a figure's JSON. */
export function darkColors(text: string): Record<string, string> {
  const solid = [...new Set(text.match(/#[0-9a-f]{6}\b/g))];
  const translucent = [...new Set(text.match(/rgba\(255,255,255,[\d.]+\)/g))];
  const paper = chroma(darkColor("#ffffff")).rgb().join(",");
  return Object.fromEntries([
    ...solid.map((color) => [color, darkColor(color)]),
    ...translucent.map((color) => [color, color.replace("255,255,255", paper)]),
  ]);
}
