import { say } from "./progress.ts";

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
  const stop = (): void => {
    if (controller.signal.aborted) Deno.exit(130);
    say(`\n${notice}`);
    controller.abort();
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}
