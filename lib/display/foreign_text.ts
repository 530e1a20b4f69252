/** Control characters of terminals, line breaks, and characters that change the writing direction. */
const controls = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Shows a text from outside, such as a file's name, on one line: control characters, and those that change
 * the writing direction, are written as `\x1b` and `\u202e` instead of being sent to a terminal.
 *
 * @example
 * ```ts
 * import { showControls } from "./foreign_text.ts";
 *
 * showControls("cat\x1b[2J"); // cat\x1b[2J, as nine visible characters
 * ```
 */
export function showControls(text: string): string {
  return text.replace(controls, escape).toWellFormed();
}

/** Shows the control characters of a text of several lines, except for line feeds and tabs. */
export function showControlsInLines(text: string): string {
  return text.split(/([\n\t])/).map((part, at) => at % 2 === 1 ? part : showControls(part)).join(
    "",
  );
}

/** Writes JSON of which no character controls a terminal; any program reads the same values. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(controls, (character) => unicodeEscape(character));
}

function escape(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : unicodeEscape(character);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Characters that are two columns wide in a terminal: East Asian letters and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Characters without a width of their own: accents, joiners and selectors. */
const narrow = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** The number of a terminal's columns that a text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    columns += wide.test(character) ? 2 : narrow.test(character) ? 0 : 1;
  }
  return columns;
}
