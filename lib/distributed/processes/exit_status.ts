import { isInterruption } from "./end_signals.ts";
import { hasEnded } from "./has_ended.ts";

/** The exit status of a worker that lost another one: the same command with `--resume` continues. */
export const exitTemporaryFailure = 75;

/** How a child process ended. */
export interface ExitStatus {
  /** The index of the process among those started together. The first one is the chief. */
  readonly index: number;
  /** The name of the process in messages, such as `worker 1`. */
  readonly name: string;
  readonly code: number;
  /** The signal that killed it, if any. */
  readonly signal: Deno.Signal | null;
  /** Whether it was killed here because it was still running long after another process had failed. */
  readonly overdue: boolean;
}

/** Whether the process was lost rather than ended by an error, so that the same command may succeed next time. */
function isLoss({ code, signal }: Pick<ExitStatus, "code" | "signal">): boolean {
  return signal !== null || code === exitTemporaryFailure || isCrash(code);
}

/** `abort()` of Windows' C library. */
const aborted = 3;

/**
 * Whether this is the status of a crash on Windows, which has no signals: an `NTSTATUS` of an error, such
 * as 0xC0000005 for an access violation, read as an int32. A process that another one killed has 1 there,
 * like one that ended with an error.
 */
function isCrash(code: number): boolean {
  return code < 0 || Deno.build.os === "windows" && code === aborted;
}

/** Whether training may be started again: it is not complete, and no error ended it. */
export function mayRestart(endings: readonly ExitStatus[]): boolean {
  const isComplete = endings.some(({ index, code }) => index === 0 && code === 0);
  return !isComplete && endings.every((ending) => ending.code === 0 || isLoss(ending));
}

/** Whether a process ended in a way that makes the others fail. */
export function hasFailed({ code, signal }: Pick<ExitStatus, "code" | "signal">): boolean {
  return code !== 0 && (signal !== null || !isInterruption(code));
}

/** Whether the chief ended with an error, so that the other processes wait in vain. */
export function isUnrecoverable(
  { index, code, signal }: Pick<ExitStatus, "index" | "code" | "signal">,
): boolean {
  return index === 0 && hasFailed({ code, signal }) && !isLoss({ code, signal });
}

/**
 * Returns the common exit status: 0 if all processes have it, else the chief's, or the first one that is
 * not 0. Errors take precedence over the losses that they cause.
 */
export function statusOf(endings: readonly ExitStatus[]): number {
  const failures = endings.filter(({ code }) => code !== 0);
  const errors = failures.filter((ending) => !isLoss(ending));
  const causes = errors.length > 0 ? errors : failures;
  return (causes.find(({ index }) => index === 0) ?? causes[0])?.code ?? 0;
}

/**
 * Says why training was lost, as the beginning of a message.
 *
 * @param endings In chronological order.
 */
export function reasonOf(endings: readonly ExitStatus[]): string {
  const killed = endings.find(({ signal, overdue }) => signal && !overdue);
  if (killed) return `${killed.name} was killed (${killed.signal})`;
  const crashed = endings.find(({ code }) => isCrash(code));
  if (crashed) {
    return `${crashed.name} crashed (status 0x${(crashed.code >>> 0).toString(16).toUpperCase()})`;
  }
  const hung = endings.find(({ overdue }) => overdue);
  if (hung) return `${hung.name} hung and was killed`;
  const lost = endings.find(isLoss);
  return `${lost?.name} lost another worker`;
}

/** Milliseconds between two looks. */
const lookEvery = 500;

/**
 * Ends this process when the one that started it has ended, for any reason: nothing else would end
 * what it waited for. Keeps no process running by itself.
 *
 * @param parent Its process id, which it must say: it may be gone before the first look.
 * @param end What is done then.
 */
export function endWithParent(
  parent: number,
  end: () => void = (): never => Deno.exit(exitTemporaryFailure),
): void {
  const isGone = Deno.build.os === "windows"
    ? hasEnded(parent)
    : (): boolean => Deno.ppid !== parent;
  const timer = setInterval(() => {
    if (!isGone()) return;
    clearInterval(timer);
    end();
  }, lookEvery);
  Deno.unrefTimer(timer);
}
