import { figures } from "../report.ts";
import { median } from "../statistics.ts";
import type { Work } from "./protocol.ts";
import type { WorkerGroup } from "./worker_group.ts";

/** Something to measure. */
export interface Turn {
  readonly name: string;
  readonly group: WorkerGroup;
  readonly work: Work;
  /** How often in each round. */
  readonly times: number;
}

/** Seconds. */
export interface Taken {
  readonly median: number;
  readonly best: number;
}

/** Milliseconds: `21.7 (16.1)`. */
export function tellTaken({ median, best }: Taken): string {
  return `${figures(1000 * median)} (${figures(1000 * best)})`;
}

/** Times before the first that counts: they trace, compile and connect. */
const warmUp = 2;

/** Measures all in turns, so that the machine's moods come to all. Names must differ. */
export async function measureInTurns(
  turns: readonly Turn[],
  rounds: number,
): Promise<ReadonlyMap<string, Taken>> {
  for (const { name, group, work } of turns) {
    await group.open(name, work);
    await group.run(name, warmUp);
  }
  return await measureOpened(turns, rounds);
}

/** The same of what is ready already. */
export async function measureOpened(
  turns: readonly Turn[],
  rounds: number,
): Promise<ReadonlyMap<string, Taken>> {
  const seconds = new Map(turns.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, group, times } of turns) {
      seconds.get(name)!.push(...await group.run(name, times));
    }
  }
  return new Map([...seconds].map(([name, all]) => [
    name,
    { median: median(all), best: Math.min(...all) },
  ]));
}
