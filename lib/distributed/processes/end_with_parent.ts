import { exitTemporaryFailure } from "./exit_status.ts";

/** Milliseconds between two checks. */
const checkInterval = 500;

/**
 * Ends this process when its parent is gone, however the parent ended: nothing else would end a child that
 * it waited for. The check does not keep the process running.
 *
 * @param parent The parent's process id. The parent must pass it, as it may be gone before the first check.
 * @param end Called when the parent is gone. Default: exits with {@linkcode exitTemporaryFailure}.
 */
export function endWithParent(
  parent: number,
  end: () => void = (): never => Deno.exit(exitTemporaryFailure),
): void {
  const timer = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(timer);
    end();
  }, checkInterval);
  Deno.unrefTimer(timer);
}
