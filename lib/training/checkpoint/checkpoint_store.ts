import { join } from "@std/path";
import { listDir } from "../../files/read.ts";
import { removeTemporaries } from "../../files/replace_file.ts";
import { RunError } from "../../runs/json_files.ts";
import type { RunRecord } from "../../runs/run_record.ts";
import { WeightsError } from "../../weights/errors.ts";
import { type Checkpoint, readCheckpoint, runIdOf, writeCheckpoint } from "./checkpoint.ts";
import { optimizerStateIn } from "./model_state.ts";

/** How many checkpoints are kept: the newest, and one for the case that it is damaged. */
const MAX_CHECKPOINTS = 2;

/** `step-000063.safetensors`, by the steps that are done. */
const fileName = /^step-(\d+)\.safetensors$/;

/** What a finished run keeps besides its weights, so that it can be trained on. */
const optimizerFile = "optimizer.safetensors";

/** The checkpoints of the run in a folder; they name it, and those that name another are refused. */
export function checkpointsOf(
  { directory, record }: {
    readonly directory: string;
    readonly record: Pick<RunRecord, "name" | "created" | "seed">;
  },
): CheckpointStore {
  return new CheckpointStore(join(directory, "weights/last"), runIdOf(record));
}

/** The newest checkpoints of one run, in a folder that may hold other files. */
export class CheckpointStore {
  readonly #directory: string;
  readonly #run: string | undefined;

  /** @param run The run's {@linkcode runIdOf}. */
  constructor(directory: string, run?: string) {
    this.#directory = directory;
    this.#run = run;
  }

  /** Writes a checkpoint, and removes all but the newest that it can be told from. */
  async write(checkpoint: Checkpoint): Promise<void> {
    const { steps } = checkpoint.progress;
    await writeCheckpoint(this.#path(steps), checkpoint, this.#run);
    // After a roll-back there may be ones of later steps, which lead nowhere.
    const others = (await this.#all()).filter((other) => other !== steps);
    const before = others.filter((other) => other < steps).slice(0, MAX_CHECKPOINTS - 1);
    await this.#remove(others.filter((other) => !before.includes(other)));
  }

  /**
   * Reads the newest checkpoint that is whole, and removes newer ones.
   *
   * @param isGood Whether it can be used.
   * @param onDamaged Told of each that is damaged.
   * @throws {RunError} Where there is none, or one is of another run.
   */
  async newest(
    isGood: (checkpoint: Checkpoint) => boolean = () => true,
    onDamaged: (line: string) => void = () => {},
  ): Promise<Checkpoint> {
    const damaged: number[] = [];
    for (const steps of await this.#all()) {
      const checkpoint = await this.#read(steps, onDamaged);
      if (checkpoint && isGood(checkpoint)) {
        await this.#remove(damaged);
        return checkpoint;
      }
      damaged.push(steps);
    }
    throw new RunError(
      `there is no whole checkpoint in ${this.#directory}: this run cannot be resumed`,
    );
  }

  /** Keeps the state of the optimizer and the progress of the newest checkpoint, for a run that is finished. */
  async keepOptimizer(): Promise<void> {
    const { arrays, ...state } = await this.newest();
    const kept = { ...state, arrays: optimizerStateIn(arrays) };
    await writeCheckpoint(join(this.#directory, optimizerFile), kept, this.#run);
  }

  /**
   * Reads what {@linkcode keepOptimizer} wrote; nothing for runs of earlier versions.
   *
   * @throws {WeightsError} If the file is damaged; {RunError} if it is of another run.
   */
  async optimizer(): Promise<Checkpoint | undefined> {
    const names = await listDir(this.#directory);
    if (!names.includes(optimizerFile)) return undefined;
    return await readCheckpoint(join(this.#directory, optimizerFile), this.#run);
  }

  /** Removes all checkpoints: of a run that is finished. */
  async clear(): Promise<void> {
    await this.#remove(await this.#all());
  }

  /** Removes what a process left that died while it wrote. */
  async removeTemporaries(): Promise<void> {
    await removeTemporaries(this.#directory);
  }

  /** The steps of the checkpoints that are there, the newest first. */
  async #all(): Promise<number[]> {
    const names = await listDir(this.#directory);
    const steps = names.flatMap((name) => fileName.exec(name)?.[1] ?? []).map(Number);
    return steps.sort((one, other) => other - one);
  }

  async #read(steps: number, onDamaged: (line: string) => void): Promise<Checkpoint | undefined> {
    try {
      return await readCheckpoint(this.#path(steps), this.#run);
    } catch (error) {
      if (!(error instanceof WeightsError)) throw error;
      onDamaged(`${error.message}; an older checkpoint is taken`);
      return undefined;
    }
  }

  async #remove(steps: readonly number[]): Promise<void> {
    for (const one of steps) await Deno.remove(this.#path(one));
  }

  #path(steps: number): string {
    return join(this.#directory, `step-${String(steps).padStart(6, "0")}.safetensors`);
  }
}
