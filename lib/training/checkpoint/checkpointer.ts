import process from "node:process";
import { join } from "@std/path";
import { toMetadata } from "../../weights/net.ts";
import { writeSafetensors } from "../../weights/safetensors.ts";
import { bestEpochOf } from "../../runs/best_epoch.ts";
import type { Checkpoint, ElapsedTime, TrainingProgress } from "./checkpoint.ts";
import { readTensors, type TensorsByName, weightsIn } from "./model_state.ts";
import { CheckpointStore } from "./checkpoint_store.ts";
import { netMetadata } from "../../runs/open_net.ts";
import type { Run } from "../../runs/run.ts";
import type { HistoryLine } from "../../runs/schemas.ts";

/** A training between two of its steps. */
export interface CheckpointInput {
  readonly tensors: TensorsByName;
  /** Missing where training does not go on from here, but begins anew. */
  readonly progress?: TrainingProgress;
  /** Where an epoch has just ended. */
  readonly epoch?: {
    /** Of all epochs so far. */
    readonly history: readonly HistoryLine[];
    /** Whether its validation accuracy is the highest of them. */
    readonly best: boolean;
  };
}

/** Where a training is kept while it goes on. */
export interface Checkpointer {
  /** Whether the last checkpoint is long enough ago. */
  readonly isSaveDue: boolean;
  /** Takes a copy before it returns, and writes it behind the next steps. */
  save(moment: CheckpointInput): Promise<void>;
  /** The newest checkpoint whose values are all numbers. */
  lastFinite(): Promise<Checkpoint>;
}

/** How {@linkcode RunCheckpointer} works. */
export interface CheckpointerOptions {
  /** Between two checkpoints within an epoch. */
  readonly minutes: number;
  /** Of earlier processes. */
  readonly spent?: ElapsedTime;
  readonly onMessage?: ((line: string) => void) | undefined;
}

/** Where a run's checkpoints are, in its folder. */
export function checkpointsOf(directory: string): CheckpointStore {
  return new CheckpointStore(join(directory, "weights/last"));
}

/**
 * Keeps a training in its run's folder: checkpoints, the best weights, the history. They are written in
 * this order, so that no later file knows of an epoch that the checkpoints do not.
 */
export class RunCheckpointer implements Checkpointer {
  readonly #run: Run;
  readonly #options: CheckpointerOptions;
  readonly #checkpoints: CheckpointStore;
  readonly #began = performance.now();
  readonly #cores = process.cpuUsage();
  #written: Promise<void> = Promise.resolve();
  #savedAt = performance.now();

  constructor(run: Run, options: CheckpointerOptions) {
    this.#run = run;
    this.#options = options;
    this.#checkpoints = checkpointsOf(run.directory);
  }

  get isSaveDue(): boolean {
    return performance.now() - this.#savedAt >= this.#options.minutes * 60_000;
  }

  /** The time that the run has taken until now. */
  get spent(): ElapsedTime {
    const { user, system } = process.cpuUsage(this.#cores);
    const { seconds, core_seconds } = this.#options.spent ?? { seconds: 0, core_seconds: 0 };
    return {
      seconds: seconds + (performance.now() - this.#began) / 1000,
      core_seconds: core_seconds + (user + system) / 1e6,
    };
  }

  /** @throws What went wrong with what was kept before. */
  async save(moment: CheckpointInput): Promise<void> {
    await this.#written;
    const needed = moment.progress || moment.epoch?.best;
    const arrays = needed ? await readTensors(moment.tensors) : new Map();
    this.#written = this.#write(arrays, moment);
    this.#written.catch(() => {}); // Told by whoever waits next.
    this.#savedAt = performance.now();
  }

  /** Waits until all is written. */
  async flush(): Promise<void> {
    await this.#written;
  }

  async lastFinite(): Promise<Checkpoint> {
    await this.#written;
    const isGood = ({ arrays }: Checkpoint): boolean =>
      [...arrays.values()].every(({ values }) => values.every(Number.isFinite));
    return await this.#checkpoints.newest(isGood, this.#options.onMessage);
  }

  async #write(arrays: Checkpoint["arrays"], { progress, epoch }: CheckpointInput): Promise<void> {
    if (progress) await this.#checkpoints.write({ arrays, progress, spent: this.spent });
    if (epoch?.best) await writeBest(this.#run, weightsIn(arrays));
    if (epoch) await this.#run.writeHistory(epoch.history);
  }
}

/** Brings a run's history and best weights to where a checkpoint stands that was written before them. */
export async function restoreResults(
  run: Run,
  { arrays, progress: { history, metrics: metrics } }: Checkpoint,
): Promise<void> {
  const best = metrics.step === 0 && history.length > 0 && bestEpochOf(history) === history.length;
  if (best) await writeBest(run, weightsIn(arrays));
  await run.writeHistory(history);
}

async function writeBest(run: Run, weights: Checkpoint["arrays"]): Promise<void> {
  await writeSafetensors(
    run.path("best"),
    new Map([...weights].map(([name, { shape }]) => [name, shape])),
    (name) => Promise.resolve(weights.get(name)!.values),
    toMetadata(netMetadata(run.record)),
  );
}
