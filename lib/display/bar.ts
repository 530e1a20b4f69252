/** Eighths of a character's width. */
const parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * A bar of characters.
 *
 * @param share From 0 to 1, which fills the width.
 * @param width In characters.
 *
 * @example
 * ```ts
 * import { bar } from "./bar.ts";
 *
 * bar(0.55, 10); // █████▌
 * ```
 */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + parts[eighths % 8];
}
