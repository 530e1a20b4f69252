import { setTimeout as sleep } from "node:timers/promises";
import type { ChildCommand, Children } from "./children.ts";
import { interrupted, mayRestart, reasonOf, statusOf } from "./exit_status.ts";

/** What is supervised, and how. */
export interface Supervision {
  readonly children: Children;
  /**
   * What is started together.
   *
   * @param resume Whether it goes on with the run that is there.
   */
  readonly commands: (resume: boolean) => readonly ChildCommand[];
  /** How often it is started again, at most. */
  readonly restarts: number;
  /** Whether there is a run to go on with. */
  readonly canResume: () => Promise<boolean>;
  /** Milliseconds before it is started again. */
  readonly pause?: number;
  /** Told each loss, a line each. */
  readonly say: (line: string) => void;
}

/**
 * Starts processes and waits for them, and starts all again where one was lost: killed, or ended
 * because the cluster broke. Never after an error, or when the user asked for the end.
 *
 * @returns The status to end with.
 */
export async function supervise(options: Supervision): Promise<number> {
  const { children, commands, restarts, canResume, pause = 0, say } = options;
  for (let restart = 1, resume = false;; restart++) {
    const endings = await children.run(commands(resume));
    if (children.asked.aborted || !mayRestart(endings)) return statusOf(endings);
    const reason = reasonOf(endings);
    if (restart > restarts) {
      say(restarts > 0 ? `${reason}, and all restarts are used up` : reason);
      return statusOf(endings);
    }
    resume = await canResume();
    const from = resume ? "the last checkpoint" : "the beginning";
    say(`${reason}; starting again from ${from}, ${restart} of ${restarts}`);
    await sleep(pause, undefined, { signal: children.asked }).catch(() => {});
    if (children.asked.aborted) return interrupted;
  }
}
