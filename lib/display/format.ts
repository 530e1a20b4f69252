import { showControls } from "./foreign_text.ts";

/** Formats a number of seconds: `48 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round(whole % 3600 / 60)} min`;
}

/** Formats a fraction as a percentage: `93.4 %`. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/**
 * Formats a number of things: `1 epoch`, `2 epochs`, `2 classes`.
 *
 * @param many The plural, if it is not the noun with an s.
 */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`;
}

/** Formats a number of bytes: `553 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** Formats a number of bytes in GiB: `1.5 GiB`. */
export function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Formats an amount of arithmetic: `0.354 PFLOP`. A PFLOP is 10¹⁵ additions and multiplications. */
export function formatFlops(flops: number): string {
  const [unit, name] = ([[1e15, "PFLOP"], [1e12, "TFLOP"], [1e9, "GFLOP"]] as const)
    .find(([unit]) => flops >= unit / 10) ?? [1e6, "MFLOP"];
  return `${+(flops / unit).toPrecision(3)} ${name}`;
}

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
 * import { bar } from "./format.ts";
 *
 * bar(0.55, 10); // █████▌
 * ```
 */
export function bar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + parts[eighths % 8];
}

/**
 * Joins words into a shell command; words with special characters are quoted. On Windows, quotes and paths
 * are such that PowerShell, cmd and Git Bash take them.
 *
 * @example
 * ```ts
 * import { shellWords } from "./format.ts";
 *
 * shellWords(["train", "--run", "my run"]); // train --run 'my run'
 * ```
 */
export function shellWords(words: readonly string[], os: string = Deno.build.os): string {
  return words.map((word) => {
    if (/^[\w@%+=:,./-]+$/.test(word)) return word;
    // cmd knows only these quotes. A backslash before the last one would be taken for a part of the word.
    if (os === "windows" && !/["$`%!]/.test(word)) return `"${word.replace(/\\+$/, "$&$&")}"`;
    return `'${word.replaceAll("'", `'\\''`)}'`;
  }).join(" ");
}

/** The maximum length of a text in a message. */
const maxCharacters = 2000;

/**
 * Makes a text safe for a message: one line of limited length without control characters. Messages
 * quote names and values of files, which may be damaged or hostile.
 */
export function oneLine(text: string): string {
  const line = showControls(text.slice(0, maxCharacters).replace(/\s*[\r\n]\s*/g, " "));
  const more = text.length - maxCharacters;
  return more > 0 ? `${line} … (${more} characters more)` : line;
}
