import cliProgress from "cli-progress";
import { showControls, showControlsInLines } from "../display/foreign_text.ts";

/** A progress display: a bar on a terminal, a line every few seconds elsewhere. */
export interface ProgressLine {
  at(done: number, total: number, note?: string): void;
  end(): void;
}

/** Seconds between lines if there is no terminal. */
const lineInterval = 10;

/** Starts a progress display; it is empty until the first `at`. */
export function startProgress(label: string): ProgressLine {
  return Deno.stderr.isTerminal() ? bar(label) : lines(label);
}

function bar(label: string): ProgressLine {
  const shown = new cliProgress.SingleBar({
    format: `${label} {bar} {value}/{total} {note}`,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    etaBuffer: 50,
  }, cliProgress.Presets.shades_classic);
  let started = false;
  return {
    at: (done, total, note = ""): void => {
      if (!started) shown.start(total, done, { note: showControls(note) });
      started = true;
      shown.update(done, { note: showControls(note) });
    },
    end: (): void => {
      if (started) shown.stop();
      started = false;
    },
  };
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

/** Prints a line that is not a result to the error output. Control characters in it are shown. */
export function logError(line: string): void {
  // deno-lint-ignore no-console -- the command line prints here.
  console.error(showControlsInLines(line));
}

/** Prints a result to the standard output. Control characters in it are shown. */
export function log(line: string): void {
  // deno-lint-ignore no-console -- the command line prints here.
  console.log(showControlsInLines(line));
}

/** Prints a line to the error output, over the progress bar of another process. */
export function logOverProgress(line: string): void {
  // Returns to the start of the line, and clears it.
  const clear = Deno.stderr.isTerminal() ? "\r\x1b[K" : "";
  // deno-lint-ignore no-console -- the command line prints here.
  console.error(clear + showControlsInLines(line));
}
