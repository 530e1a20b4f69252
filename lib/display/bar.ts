/** Eighths of a character's width. */
const parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * Draws a bar of characters.
 *
 * @param fraction The filled fraction, from 0 to 1.
 * @param width The width of a full bar in characters.
 *
 * @example
 * ```ts
 * import { bar } from "./bar.ts";
 *
 * bar(0.55, 10); // █████▌
 * ```
 */
export function bar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + parts[eighths % 8];
}
