import { logError } from "./progress.ts";

/**
 * Milliseconds in which a second signal counts as the first: one that is sent to a group of processes
 * comes by itself, and again from the parent that passes it on.
 */
const sameSignal = 500;

/**
 * Runs work that Ctrl-C (or SIGTERM) asks to end after its running step; a second Ctrl-C ends the
 * process at once.
 *
 * @param notice What is said when the first one is heard.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  notice = "Ending after this step (again: at once) …",
): Promise<T> {
  const controller = new AbortController();
  const signals = Deno.build.os === "windows"
    ? ["SIGINT"] as const
    : ["SIGINT", "SIGTERM"] as const;
  let heard = 0;
  const stop = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - heard > sameSignal) Deno.exit(130);
      return;
    }
    heard = performance.now();
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
