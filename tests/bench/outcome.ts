import type { Opened } from "./protocol.ts";
import { DeadWorkerError, NotRunError, type WorkerCommand } from "./worker_process.ts";

/** Someone who takes part. */
export interface Participant<Name extends string = string> {
  readonly name: Name;
  readonly command: WorkerCommand;
  /** In which of its forms it does the case; without one, its worker's plainest. */
  readonly form?: string | undefined;
}

/** What came of someone's part in a case. */
export interface Outcome<Name extends string = string> {
  readonly name: Name;
  readonly form?: string | undefined;
  readonly status: "measured" | "failed" | "not run";
  /** Why it was not measured. */
  readonly reason?: string;
  readonly opened?: Opened;
  /** By round, what each step took in seconds. */
  readonly rounds: readonly (readonly number[])[];
  /** The most memory that the process ever held, where the system tells. */
  readonly peakBytes?: number;
}

/** How thoroughly to measure. */
export interface Thoroughness {
  readonly rounds: number;
  /** Seconds that a step may take, and a start. */
  readonly limit: number;
}

/** Does a part of someone's work, unless that one has failed already; tells how it failed. */
export async function attempt<Name extends string>(
  outcome: Outcome<Name>,
  work: () => Promise<Partial<Outcome<Name>>>,
): Promise<Outcome<Name>> {
  if (outcome.status !== "measured") return outcome;
  try {
    return { ...outcome, ...await work() };
  } catch (error) {
    if (error instanceof NotRunError) {
      return { ...outcome, status: "not run", reason: error.message };
    }
    if (error instanceof DeadWorkerError) {
      return { ...outcome, status: "failed", reason: error.message };
    }
    throw error;
  }
}

/**
 * Makes sure that all compare the same network.
 *
 * @throws {Error} Naming who has how many parameters.
 */
export function requireEqualNetworks(outcomes: readonly Outcome[]): void {
  const counts = outcomes.flatMap(({ name, opened }) =>
    opened ? [{ name, parameters: opened.parameters }] : []
  );
  if (counts.every(({ parameters }) => parameters === counts[0]?.parameters)) return;
  const list = counts.map(({ name, parameters }) => `${name} ${parameters}`);
  throw new Error(`all frameworks must have as many parameters. Received: ${list.join(", ")}`);
}
