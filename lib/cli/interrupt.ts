import { InterruptError } from "./errors.ts";
import { endBar, logError, logOverProgress } from "./progress.ts";

/**
 * Milliseconds in which a second signal counts as the first: a signal to a process group arrives directly,
 * and again from the parent that forwards it.
 */
const sameSignal = 500;

/** What {@linkcode interruptible} says. */
export interface InterruptTexts {
  /** The message after the first signal. */
  readonly notice?: string;
  /** The line that says how to go on, once work ended by a signal. */
  readonly advice?: () => string | undefined;
}

/**
 * Runs work that Ctrl-C (or SIGTERM) ends after its current step. A second Ctrl-C ends the process at once.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { notice = "Ending after this step (again: at once) …", advice }: InterruptTexts = {},
): Promise<T> {
  const controller = new AbortController();
  const signals = Deno.build.os === "windows"
    ? ["SIGINT"] as const
    : ["SIGINT", "SIGTERM"] as const;
  let receivedAt = 0;
  const stop = (): void => {
    endBar();
    if (controller.signal.aborted) {
      if (performance.now() - receivedAt <= sameSignal) return;
      logOverProgress("Ended at once.");
      const line = advice?.();
      if (line !== undefined) logError(line);
      Deno.exit(130);
    }
    receivedAt = performance.now();
    // Over the ^C that a terminal echoes.
    logOverProgress(notice);
    controller.abort();
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    const isAbort = error instanceof DOMException && error.name === "AbortError";
    throw isAbort && controller.signal.aborted ? new InterruptError(advice?.()) : error;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}
