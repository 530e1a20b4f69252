import { logError } from "./progress.ts";

/**
 * Milliseconds in which a second signal counts as the first: a signal to a process group arrives directly,
 * and again from the parent that forwards it.
 */
const sameSignal = 500;

/**
 * Runs work that Ctrl-C (or SIGTERM) ends after its current step. A second Ctrl-C ends the process at once.
 *
 * @param notice The message after the first signal.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  notice = "Ending after this step (again: at once) …",
): Promise<T> {
  const controller = new AbortController();
  const signals = Deno.build.os === "windows"
    ? ["SIGINT"] as const
    : ["SIGINT", "SIGTERM"] as const;
  let receivedAt = 0;
  const stop = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - receivedAt > sameSignal) Deno.exit(130);
      return;
    }
    receivedAt = performance.now();
    logError(`\n${notice}`);
    controller.abort();
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}
