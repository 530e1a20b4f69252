import { measureMessages, type WaysOver } from "./messages.ts";
import { type Machine, measureMachine } from "./plan.ts";
import { measureStatistics } from "./statistics.ts";
import { measureSteps, type StepsOf } from "./steps.ts";
import { measureSums, type SumsOf } from "./sums.ts";
import type { Taken } from "./turns.ts";
import { obstacleToShaping } from "./wire.ts";

/** All that `bench-cluster` measures. */
export interface Measured {
  readonly machine: Machine;
  readonly sums: readonly SumsOf[];
  readonly steps: readonly StepsOf[];
  readonly messages: readonly WaysOver[];
  /** Why no slower wire was measured. */
  readonly obstacle: string | undefined;
  /** By what the table calls it. */
  readonly statistics: ReadonlyMap<string, Taken>;
}

/** Bits a second of each worker: a slow wire, and one nearly as fast as the workers. */
const wires = [1e9, 2.5e9];

/** Measures one thing after the other, in a private network. */
export async function measureCluster(
  rounds: number,
  say: (line: string) => void,
): Promise<Measured> {
  say("VGG16 at 224 px …");
  const machine = await measureMachine(rounds);
  say("sums …");
  const sums = [await measureSums(2, rounds), await measureSums(4, rounds)];
  say("steps …");
  const steps = await measureSteps(rounds);
  say("messages …");
  const obstacle = await obstacleToShaping();
  const messages = await measureMessages(rounds, obstacle ? [] : wires);
  say("batch normalization …");
  const statistics = await measureStatistics(rounds);
  return { machine, sums, steps, messages, obstacle, statistics };
}
