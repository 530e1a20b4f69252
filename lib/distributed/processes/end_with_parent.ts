import { exitTemporaryFailure } from "./exit_status.ts";

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
