import cliProgress from "cli-progress";

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
      if (!started) shown.start(total, done, { note });
      started = true;
      shown.update(done, { note });
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

/** Prints a line that is not a result to the error output. */
export function logError(line: string): void {
  // deno-lint-ignore no-console -- the command line prints here.
  console.error(line);
}

/** Prints a result to the standard output. */
export function log(line: string): void {
  // deno-lint-ignore no-console -- the command line prints here.
  console.log(line);
}
