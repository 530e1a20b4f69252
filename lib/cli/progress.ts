import cliProgress from "cli-progress";

/** Shows how far something is: a bar on a terminal, a line now and then elsewhere. */
export interface ProgressLine {
  at(done: number, total: number, note?: string): void;
  end(): void;
}

/** Seconds between lines where there is no terminal. */
const lineEvery = 10;

/** Starts a progress display; nothing shows before the first `rateAt`. */
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
      if (performance.now() - last < lineEvery * 1000) return;
      last = performance.now();
      logError(`${label} ${done}/${total} ${note}`.trimEnd());
    },
    end: (): void => {},
  };
}

/** Prints a line that is not a result: results go to the standard output, all else to the error output. */
export function logError(line: string): void {
  // deno-lint-ignore no-console -- the command line's place to speak.
  console.error(line);
}

/** Prints a result. */
export function log(line: string): void {
  // deno-lint-ignore no-console -- the command line's place to speak.
  console.log(line);
}
