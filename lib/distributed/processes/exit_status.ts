/** The status of a worker that lost another one: the same command with `--resume` goes on. */
export const exitTemporaryFailure = 75;
/** The status of a process that the user asked to end. */
export const interrupted = 130;

/** How a process ended that was waited for. */
export interface ExitStatus {
  /** Its place among those that were started together; the first is the chief. */
  readonly index: number;
  /** What lines about it call it, such as `worker 1`. */
  readonly name: string;
  readonly code: number;
  /** What killed it, if anything. */
  readonly signal: Deno.Signal | null;
  /** Whether it was killed here, as it still ran long after another one had failed. */
  readonly overdue: boolean;
}

/** Whether the same command might have gone well: a process was lost, and nobody is to blame. */
function isLoss({ code, signal }: Pick<ExitStatus, "code" | "signal">): boolean {
  return signal !== null || code === exitTemporaryFailure;
}

/** Whether training that ended so may be started again: it is not complete, and no error ended it. */
export function mayRestart(endings: readonly ExitStatus[]): boolean {
  const isComplete = endings.some(({ index, code }) => index === 0 && code === 0);
  return !isComplete && endings.every((ending) => ending.code === 0 || isLoss(ending));
}

/** Whether a process ended in a way that the others cannot live with. */
export function hasFailed({ code }: Pick<ExitStatus, "code">): boolean {
  return code !== 0 && code !== interrupted;
}

/** Whether the first of those that were started together ended with an error: the others wait in vain. */
export function isUnrecoverable(
  { index, code, signal }: Pick<ExitStatus, "index" | "code" | "signal">,
): boolean {
  return index === 0 && hasFailed({ code }) && !isLoss({ code, signal });
}

/**
 * The status of all together: 0 where all have it, else the chief's, or the first that is not 0. An
 * error comes before the losses that it causes.
 */
export function statusOf(endings: readonly ExitStatus[]): number {
  const bad = endings.filter(({ code }) => code !== 0);
  const errors = bad.filter((ending) => !isLoss(ending));
  const causes = errors.length > 0 ? errors : bad;
  return (causes.find(({ index }) => index === 0) ?? causes[0])?.code ?? 0;
}

/**
 * Why training was lost, as the beginning of a line for people.
 *
 * @param endings In the order of their times.
 */
export function reasonOf(endings: readonly ExitStatus[]): string {
  const killed = endings.find(({ signal, overdue }) => signal && !overdue);
  if (killed) return `${killed.name} was killed (${killed.signal})`;
  const hung = endings.find(({ overdue }) => overdue);
  if (hung) return `${hung.name} hung and was killed`;
  const lost = endings.find(isLoss);
  return `${lost?.name} lost another worker`;
}

/** Milliseconds between two looks. */
const lookEvery = 500;

/**
 * Ends this process when the one that started it is gone, however that ended: nobody else would end
 * what it waited for. Keeps no process running by itself.
 *
 * @param parent Its process id, which it must say: it may be gone before the first look.
 * @param end What is done then.
 */
export function endWithParent(
  parent: number,
  end: () => void = (): never => Deno.exit(exitTemporaryFailure),
): void {
  const timer = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(timer);
    end();
  }, lookEvery);
  Deno.unrefTimer(timer);
}
