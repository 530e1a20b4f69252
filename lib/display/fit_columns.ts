import { columnsOf } from "./foreign_text.ts";

/** Stands for a space at which {@linkcode wrapLines} must not break; a private character. */
const wholeSpace = "\ue000";

/** Marks the spaces of a text, such as a path, that must stay on one line. */
export function keepWhole(text: string): string {
  return text.replaceAll(" ", wholeSpace);
}

/** The start of a line that its continuation is set under: `warning    ` or spaces. */
const margin = /^(?:\S+(?: \S+)? {2,}| *)/;

/** A line that ends with a command to copy: where it wraps, the shell must be told. */
const commandLine = /^(?:To [a-z ]+:|next| ) *(?:npx )?deno (?:task|run -A \S+) /;

/**
 * Wraps lines at spaces so that they fit a terminal. Lines that continue are set under the text after a
 * label, as in `warning    the loss …`. A word that is longer than a line, such as a path, stays whole.
 *
 * @param columns The width of the terminal.
 */
export function wrapLines(text: string, columns: number): string {
  return text.split("\n").map((line) => wrapLine(line, columns)).join("\n")
    .replaceAll(wholeSpace, " ");
}

function wrapLine(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line;
  const [start = ""] = margin.exec(line) ?? [];
  const indent = " ".repeat(columnsOf(start) <= columns / 2 ? columnsOf(start) : 0);
  const lines: string[] = [];
  const continues = commandLine.test(line) ? " \\" : "";
  const room = columns - continues.length;
  let current = start;
  for (const [at, word] of line.slice(start.length).split(" ").entries()) {
    const longer = at === 0 ? current + word : `${current} ${word}`;
    if (at === 0 || columnsOf(longer) <= room) {
      current = longer;
      continue;
    }
    lines.push(current.trimEnd() + continues);
    current = indent + word;
  }
  return [...lines, current].join("\n");
}

/** The longest and the shortest bar, in columns. */
const [longest, shortest] = [24, 8];

/** What a progress bar shows. */
export interface BarContent {
  /** What is done. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** More facts with `, ` between, the most useful ones first; the time left is the last. */
  readonly note: string;
}

/**
 * Writes a progress bar as one line that fits a terminal. If there is little room the bar becomes shorter,
 * then facts of the note go, the last ones first, then the bar, then the counts. The time left stays.
 *
 * @param columns The width of the terminal.
 */
export function barLine({ label, done, total, note }: BarContent, columns: number): string {
  const facts = note === "" ? [] : note.split(", ");
  const left = facts.at(-1)?.endsWith(" left") ? facts.pop()! : undefined;
  const join = (...parts: readonly (string | undefined)[]): string =>
    parts.filter((part) => part !== undefined && part !== "").join(" ");
  const shownFacts = (count: number): string =>
    [...facts.slice(0, count), ...(left === undefined ? [] : [left])].join(", ");
  const counts = `${done}/${total}`;
  for (let count = facts.length; count >= 0; count--) {
    const rest = join(label, counts, shownFacts(count));
    const room = columns - columnsOf(rest) - 1;
    if (room >= shortest) {
      return join(label, drawBar(done / total, Math.min(room, longest)), counts, shownFacts(count));
    }
  }
  const texts = [join(label, counts, left), join(label, left), left ?? counts];
  return texts.find((text) => columnsOf(text) <= columns) ?? texts.at(-1)!.slice(0, columns);
}

function drawBar(fraction: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction || 0)) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}
