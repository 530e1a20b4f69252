import {
  attempt,
  type Outcome,
  type Participant,
  requireEqualNetworks,
  type Thoroughness,
} from "./outcome.ts";
import type { EpochCase, NetworkCase } from "./protocol.ts";
import { FrameworkProcess } from "./worker_process.ts";

/** Steps before the first that counts: they trace, compile and find the fastest kernels. */
const warmUp = 2;
/** How many times as long as others those steps may take. */
const compiling = 5;

/**
 * Runs a case in all frameworks in turns: in each round everyone does some steps, in an order that
 * moves on by one from round to round. Each has a process of its own for this case alone.
 *
 * @param stepsOf How many steps make a turn of a participant.
 * @throws {Error} Where the networks are not of one size.
 */
export async function measureCase<Name extends string>(
  work: NetworkCase,
  participants: readonly Participant<Name>[],
  { rounds, limit }: Thoroughness,
  stepsOf: (name: Name) => number,
): Promise<Outcome<Name>[]> {
  const runners = participants.map(({ name, command, form }) => ({
    process: new FrameworkProcess(command),
    outcome: { name, form, status: "measured", rounds: [] } as Outcome<Name>,
  }));
  try {
    for (const runner of runners) {
      runner.outcome = await attempt(runner.outcome, async () => {
        const { form } = runner.outcome;
        const opened = await runner.process.open(
          form === undefined ? work : { ...work, form },
          limit,
        );
        for (let step = 0; step < warmUp; step++) {
          await runner.process.run(1, limit * compiling);
        }
        return { opened };
      });
    }
    requireEqualNetworks(runners.map(({ outcome }) => outcome));
    for (let round = 0; round < rounds; round++) {
      for (const runner of inOrder(runners, round)) {
        runner.outcome = await attempt(runner.outcome, async () => {
          const { seconds } = await runner.process.run(stepsOf(runner.outcome.name), limit);
          return { rounds: [...runner.outcome.rounds, seconds] };
        });
      }
    }
    return runners.map(({ process, outcome }) => ({
      ...outcome,
      ...(outcome.status === "measured" ? process.peak() : {}),
    }));
  } finally {
    await Promise.all(runners.map(({ process }) => process.stop()));
  }
}

/** What one process does in {@linkcode measureFresh}; the seconds are those to note. */
export type FreshWork = (
  process: FrameworkProcess,
) => Promise<Required<Pick<Outcome, "opened">> & { seconds: readonly number[] }>;

/** The time from a process's start to the end of its first step. */
export function firstStep(work: NetworkCase, limit: number): FreshWork {
  return async (process) => {
    const opened = await process.open(work, limit);
    await process.run(1, limit);
    return { opened, seconds: [(performance.now() - process.started) / 1000] };
  };
}

/** What each of some epochs takes. */
export function epochs(work: EpochCase, count: number, limit: number): FreshWork {
  return async (process) => {
    const opened = await process.open(work, limit);
    const { seconds } = await process.run(count, limit);
    return { opened, seconds };
  };
}

/** Starts all frameworks anew in each round, one after the other. */
export async function measureFresh<Name extends string>(
  participants: readonly Participant<Name>[],
  { rounds }: Pick<Thoroughness, "rounds">,
  work: FreshWork,
): Promise<Outcome<Name>[]> {
  const runners = participants.map(({ name, command }) => ({
    command,
    outcome: { name, status: "measured", rounds: [] } as Outcome<Name>,
  }));
  for (let round = 0; round < rounds; round++) {
    for (const runner of inOrder(runners, round)) {
      runner.outcome = await attempt(runner.outcome, async () => {
        const process = new FrameworkProcess(runner.command);
        try {
          const { opened, seconds } = await work(process);
          return { opened, rounds: [...runner.outcome.rounds, seconds] };
        } finally {
          await process.stop();
        }
      });
    }
  }
  const outcomes = runners.map(({ outcome }) => outcome);
  requireEqualNetworks(outcomes);
  return outcomes;
}

/** The same ones, beginning with another in each round: nobody always runs on the warmest machine. */
function inOrder<T>(all: readonly T[], round: number): T[] {
  const first = round % Math.max(1, all.length);
  return [...all.slice(first), ...all.slice(0, first)];
}
