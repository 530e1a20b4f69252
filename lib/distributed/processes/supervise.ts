import { setTimeout as sleep } from "node:timers/promises";
import type { ChildCommand, Children } from "./children.ts";
import { mayRestart, reasonOf, statusOf } from "./exit_status.ts";

/** The settings of {@linkcode supervise}. */
export interface Supervision {
  readonly children: Children;
  /**
   * The processes to start together.
   *
   * @param resume Whether they resume the existing run.
   */
  readonly commands: (resume: boolean) => readonly ChildCommand[];
  /** The maximum number of restarts. */
  readonly restarts: number;
  /** Whether there is a run to resume. */
  readonly canResume: () => Promise<boolean>;
  /** Milliseconds to wait before a restart. Default 0. */
  readonly pause?: number;
  /** Called with one line for each loss. */
  readonly say: (line: string) => void;
}

/**
 * Starts processes and waits for them. If one is lost (killed, or ended because the cluster broke), all
 * are started again. There is no restart after an error or if the user interrupted them.
 *
 * @returns The exit status for this process.
 */
export async function supervise(options: Supervision): Promise<number> {
  const { children, commands, restarts, canResume, pause = 0, say } = options;
  for (let restart = 1, resume = false;; restart++) {
    const endings = await children.run(commands(resume));
    if (children.interrupted.aborted || !mayRestart(endings)) return statusOf(endings);
    const reason = reasonOf(endings);
    if (restart > restarts) {
      say(restarts > 0 ? `${reason}, and no restarts are left` : reason);
      return statusOf(endings);
    }
    resume = await canResume();
    const from = resume ? "the last checkpoint" : "the beginning";
    say(`${reason}; starting again from ${from}, ${restart} of ${restarts}`);
    await sleep(pause, undefined, { signal: children.interrupted }).catch(() => {});
    if (children.interrupted.aborted) return children.interruptStatus;
  }
}
