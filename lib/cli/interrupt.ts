import {
  type EndSignal,
  endSignals,
  statusOfSignal,
} from "../distributed/processes/end_signals.ts";
import { showControls } from "../display/foreign_text.ts";
import { InterruptError } from "./errors.ts";
import { endBar, logError, logOverProgress } from "./progress.ts";

/**
 * Milliseconds in which a second signal counts as the first: a signal to a process group arrives directly,
 * and again from the parent that forwards it.
 */
const sameSignal = 500;

/**
 * Milliseconds after SIGTERM or SIGHUP in which work may end in order: who sends them kills soon. Later the
 * process ends at once, and after `blocked` also if its main thread hears nothing. Both leave a busy machine
 * some of five seconds.
 */
export const deadline = { inOrder: 3500, blocked: 4000 };

/** Milliseconds between two looks at what the watchdog is to say. */
const adviceEvery = 500;

/** What {@linkcode interruptible} says. */
export interface InterruptTexts {
  /** The message after the first signal. */
  readonly notice?: string;
  /** The line that says how to go on, once work ended by a signal. */
  readonly advice?: () => string | undefined;
}

let received: EndSignal = "SIGINT";
let isReceived = false;
let refresh = (): void => {};

/** Makes known at once that the advice of the running work has changed: a call that blocks may follow. */
export function refreshAdvice(): void {
  refresh();
}

/** Whether a signal came during the last work, which may have been at its end and returned as usual. */
export function isEnding(): boolean {
  return isReceived;
}

/** The signal that ended the last work that a signal ended. */
export function endedBy(): EndSignal {
  return received;
}

/**
 * Runs work that Ctrl-C, SIGTERM or SIGHUP ends after its current step. A second signal ends the process at
 * once, and so does the first SIGTERM or SIGHUP some seconds later.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { notice = "Ending after this step (again: at once) …", advice }: InterruptTexts = {},
): Promise<T> {
  const controller = new AbortController();
  isReceived = false;
  let receivedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const endAtOnce = (): never => {
    logOverProgress("Ended at once.");
    const line = advice?.();
    if (line !== undefined) logError(line);
    watchdog?.postMessage({ isSaid: true });
    Deno.exit(statusOfSignal(received));
  };
  const stop = (signal: EndSignal): void => {
    endBar();
    const isSame = controller.signal.aborted && performance.now() - receivedAt <= sameSignal;
    if (!isSame || signal !== "SIGINT") received = signal;
    if (signal !== "SIGINT") timer ??= setTimeout(endAtOnce, deadline.inOrder);
    if (isSame) return;
    if (controller.signal.aborted) endAtOnce();
    receivedAt = performance.now();
    isReceived = true;
    // Over the ^C that a terminal echoes.
    logOverProgress(notice);
    controller.abort();
  };
  const listeners = endSignals().map((signal) => [signal, (): void => stop(signal)] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  const watchdog = startWatchdog();
  const tellAdvice = (): void => {
    const line = advice?.();
    watchdog?.postMessage({ advice: line === undefined ? undefined : showControls(line) });
  };
  tellAdvice();
  refresh = tellAdvice;
  const adviceTimer = setInterval(tellAdvice, adviceEvery);
  try {
    return await work(controller.signal);
  } catch (error) {
    const isAbort = error instanceof DOMException && error.name === "AbortError";
    if (!isAbort || !controller.signal.aborted) throw error;
    throw new InterruptError(advice?.(), statusOfSignal(received));
  } finally {
    clearTimeout(timer);
    clearInterval(adviceTimer);
    refresh = (): void => {};
    watchdog?.terminate();
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  }
}

/** Starts the thread that hears signals while a native call blocks this one. Only engines make such calls. */
function startWatchdog(): Worker | undefined {
  const signals = endSignals().filter((signal) => signal !== "SIGINT");
  const isAllowed = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
  if (!isAllowed || signals.length === 0) return undefined;
  return new Worker(new URL("./watchdog.ts", import.meta.url), {
    type: "module",
    name: [deadline.blocked, ...signals].join(),
  });
}
