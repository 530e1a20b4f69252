import { say } from "./progress.ts";

/**
 * Runs work that Ctrl-C (or SIGTERM) asks to end after its running step; a second Ctrl-C ends the
 * process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const signals = Deno.build.os === "windows"
    ? ["SIGINT"] as const
    : ["SIGINT", "SIGTERM"] as const;
  const stop = (): void => {
    if (controller.signal.aborted) Deno.exit(130);
    say("\nEnding after this step (again: at once) …");
    controller.abort();
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}
