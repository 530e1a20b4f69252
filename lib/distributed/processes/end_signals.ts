import { openLibc } from "../../libc.ts";

/** Signals that ask a process to end, with the status that it ends with: 128 and the signal's number. */
const statuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A signal that asks a process to end. */
export type EndSignal = keyof typeof statuses;

/** The status of a process that a signal ended. */
export function statusOfSignal(signal: EndSignal): number {
  return statuses[signal];
}

/** Whether a status is that of a process which a signal ended in order. */
export function isInterruption(code: number): boolean {
  return Object.values<number>(statuses).includes(code);
}

let found: readonly EndSignal[] | undefined;

/** What Windows tells a process: Ctrl-C, and that its window is closed. SIGTERM ends it at once there. */
const windowsSignals: readonly EndSignal[] = ["SIGINT", "SIGHUP"];

/**
 * The signals to listen to. A process that was started to ignore SIGHUP, as `nohup` does, keeps ignoring
 * it; one that may not ask the system whether it was is ended by it.
 */
export function endSignals(): readonly EndSignal[] {
  return found ??= Deno.build.os === "windows" ? windowsSignals : posixSignals();
}

function posixSignals(): EndSignal[] {
  const before = hangupAction();
  // Deno handles SIGHUP itself soon after it has started; then it is not known what was before.
  if (before !== undefined && before !== ignored) return ["SIGINT", "SIGTERM", "SIGHUP"];
  // Without a listener Deno ends for it as soon as there is one of another signal.
  if (before === ignored) Deno.addSignalListener("SIGHUP", () => {});
  return ["SIGINT", "SIGTERM"];
}

const hangup = 1, ignored = 1n;

/** What SIGHUP does to this process, if it may ask. */
function hangupAction(): bigint | undefined {
  try {
    const library = openLibc({ signal: { parameters: ["i32", "usize"], result: "usize" } });
    const before = library.symbols.signal(hangup, ignored);
    library.symbols.signal(hangup, before);
    library.close();
    return before;
  } catch {
    return undefined; // This task may not call the system's library, or it has another name.
  }
}
