import process from "node:process";
import { join } from "@std/path";
import { toMetadata } from "../../weights/net.ts";
import { writeSafetensors } from "../../weights/safetensors.ts";
import { bestEpochOf } from "../../runs/best_epoch.ts";
import type { Checkpoint, Spent, Standing } from "./checkpoint.ts";
import { readTensors, type TensorsByName, weightsIn } from "./model_state.ts";
import { Checkpoints } from "./checkpoint_store.ts";
import { netOf } from "../../runs/open_net.ts";
import type { Run } from "../../runs/run.ts";
import type { HistoryLine } from "../../runs/schemas.ts";

/** A training between two of its steps. */
export interface Moment {
  readonly tensors: TensorsByName;
  /** Missing where training does not go on from here, but begins anew. */
  readonly standing?: Standing;
  /** Where an epoch has just ended. */
  readonly epoch?: {
    /** Of all epochs so far. */
    readonly history: readonly HistoryLine[];
    /** Whether its validation accuracy is the highest of them. */
    readonly best: boolean;
  };
}

/** Where a training is kept while it goes on. */
export interface Keeper {
  /** Whether the last checkpoint is long enough ago. */
  readonly isDue: boolean;
  /** Takes a copy before it returns, and writes it behind the next steps. */
  keep(moment: Moment): Promise<void>;
  /** The newest checkpoint whose values are all numbers. */
  lastGood(): Promise<Checkpoint>;
}

/** How {@linkcode RunKeeper} works. */
export interface KeeperOptions {
  /** Between two checkpoints within an epoch. */
  readonly minutes: number;
  /** Of earlier processes. */
  readonly spent?: Spent;
  readonly onMessage?: ((line: string) => void) | undefined;
}

/** Where a run's checkpoints are, in its folder. */
export function checkpointsOf(directory: string): Checkpoints {
  return new Checkpoints(join(directory, "weights/last"));
}

/**
 * Keeps a training in its run's folder: checkpoints, the best weights, the history. They are written in
 * this order, so that no later file knows of an epoch that the checkpoints do not.
 */
export class RunKeeper implements Keeper {
  readonly #run: Run;
  readonly #options: KeeperOptions;
  readonly #checkpoints: Checkpoints;
  readonly #began = performance.now();
  readonly #cores = process.cpuUsage();
  #written: Promise<void> = Promise.resolve();
  #keptAt = performance.now();

  constructor(run: Run, options: KeeperOptions) {
    this.#run = run;
    this.#options = options;
    this.#checkpoints = checkpointsOf(run.directory);
  }

  get isDue(): boolean {
    return performance.now() - this.#keptAt >= this.#options.minutes * 60_000;
  }

  /** The time that the run has taken until now. */
  get spent(): Spent {
    const { user, system } = process.cpuUsage(this.#cores);
    const { seconds, core_seconds } = this.#options.spent ?? { seconds: 0, core_seconds: 0 };
    return {
      seconds: seconds + (performance.now() - this.#began) / 1000,
      core_seconds: core_seconds + (user + system) / 1e6,
    };
  }

  /** @throws What went wrong with what was kept before. */
  async keep(moment: Moment): Promise<void> {
    await this.#written;
    const needed = moment.standing || moment.epoch?.best;
    const arrays = needed ? await readTensors(moment.tensors) : new Map();
    this.#written = this.#write(arrays, moment);
    this.#written.catch(() => {}); // Told by whoever waits next.
    this.#keptAt = performance.now();
  }

  /** Waits until all is written. */
  async settle(): Promise<void> {
    await this.#written;
  }

  async lastGood(): Promise<Checkpoint> {
    await this.#written;
    const isGood = ({ arrays }: Checkpoint): boolean =>
      [...arrays.values()].every(({ values }) => values.every(Number.isFinite));
    return await this.#checkpoints.newest(isGood, this.#options.onMessage);
  }

  async #write(arrays: Checkpoint["arrays"], { standing, epoch }: Moment): Promise<void> {
    if (standing) await this.#checkpoints.write({ arrays, standing, spent: this.spent });
    if (epoch?.best) await writeBest(this.#run, weightsIn(arrays));
    if (epoch) await this.#run.writeHistory(epoch.history);
  }
}

/** Brings a run's history and best weights to where a checkpoint stands that was written before them. */
export async function writeResults(
  run: Run,
  { arrays, standing: { history, tally } }: Checkpoint,
): Promise<void> {
  const best = tally.step === 0 && history.length > 0 && bestEpochOf(history) === history.length;
  if (best) await writeBest(run, weightsIn(arrays));
  await run.writeHistory(history);
}

async function writeBest(run: Run, weights: Checkpoint["arrays"]): Promise<void> {
  await writeSafetensors(
    run.path("best"),
    new Map([...weights].map(([name, { shape }]) => [name, shape])),
    (name) => Promise.resolve(weights.get(name)!.values),
    toMetadata(netOf(run.record)),
  );
}
