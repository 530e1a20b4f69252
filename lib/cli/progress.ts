import cliProgress from "cli-progress";
import { barLine, wrapLines } from "../display/fit_columns.ts";
import { showControls } from "../display/foreign_text.ts";
import { explainWriteError } from "../files/write.ts";
import { canDraw } from "./tell/can_draw.ts";

/** A progress display: a bar on a terminal, a line every few seconds elsewhere. */
export interface ProgressLine {
  at(done: number, total: number, note?: string): void;
  end(): void;
}

type Stream = typeof Deno.stdout | typeof Deno.stderr;

/** Seconds between lines if there is no terminal. */
const lineInterval = 10;

/** Columns of a terminal that does not say how many it has. */
const usualColumns = 80;

/** Returns to the start of the line, and clears it. */
const clearLine = "\r\x1b[K";

/** The bar that is on the screen, if there is one. */
let shownBar: cliProgress.SingleBar | undefined;

/**
 * The columns of a stream's terminal, `Infinity` without one. The variable `COLUMNS` decides if it is set, as
 * in other programs.
 */
export function terminalColumns(stream: Stream): number {
  if (!stream.isTerminal()) return Infinity;
  try {
    return Number(Deno.env.get("COLUMNS")) || Deno.consoleSize().columns || usualColumns;
  } catch {
    return usualColumns; // Neither input nor output is the terminal.
  }
}

/** Starts a progress display; it is empty until the first `at`. */
export function startProgress(label: string): ProgressLine {
  return canDraw() ? bar(label) : lines(label);
}

function bar(label: string): ProgressLine {
  const shown = new cliProgress.SingleBar({
    format: (_, { value, total }, { note }: { note: string }) =>
      barLine({ label, done: value, total, note }, terminalColumns(Deno.stderr) - 1),
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
  });
  return {
    at: (done, total, note = ""): void => {
      const payload = { note: showControls(note) };
      if (shownBar !== shown) {
        shownBar?.stop();
        shownBar = shown;
        shown.start(total, done, payload);
      }
      shown.setTotal(total);
      shown.update(done, payload);
    },
    end: (): void => {
      if (shownBar === shown) endBar();
    },
  };
}

/** Takes the bar off the screen, if there is one, and shows the cursor. */
export function endBar(): void {
  shownBar?.stop();
  shownBar = undefined;
}

function lines(label: string): ProgressLine {
  let last = performance.now();
  return {
    at: (done, total, note = ""): void => {
      if (performance.now() - last < lineInterval * 1000) return;
      last = performance.now();
      logError(`${label} ${done}/${total} ${note}`.trimEnd());
    },
    end: (): void => {},
  };
}

/**
 * Prints a line that is not a result to the error output. Control characters in it are shown, line
 * breaks too, and a terminal gets it in lines that fit.
 */
export function logError(line: string): void {
  print(line, Deno.stderr);
}

/** Prints a result to the standard output, as {@linkcode logError} does. */
export function log(line: string): void {
  print(line, Deno.stdout);
}

/** Prints a text of several lines in which only line breaks of this program's own are left, as tables are. */
export function logLines(text: string): void {
  for (const line of text.split("\n")) log(line);
}

/** Prints a line to the error output, over what another process or the terminal itself has put there. */
export function logOverProgress(line: string): void {
  print(line, Deno.stderr, canDraw() ? clearLine : "");
}

/** @throws {WriteError} If the stream leads to a file on a full disk, or the like. */
function print(line: string, stream: Stream, before = ""): void {
  const text = before + prepared(line, stream);
  try {
    // deno-lint-ignore no-console -- the command line prints here.
    (stream === Deno.stdout ? console.log : console.error)(text);
  } catch (error) {
    throw explainWriteError(`the ${stream === Deno.stdout ? "standard" : "error"} output`, error);
  }
}

/** A line as it is printed. A bar on the screen makes room, and comes back with its next step. */
function prepared(line: string, stream: Stream): string {
  if (shownBar && (stream === Deno.stderr || Deno.stdout.isTerminal())) endBar();
  return wrapLines(showControls(line), terminalColumns(stream));
}
