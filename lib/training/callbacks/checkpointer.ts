import type { Run } from "../../runs/run.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { checkpointsOf } from "../checkpoint/checkpoint_store.ts";
import type { ElapsedTimer } from "../checkpoint/elapsed_timer.ts";
import type { Snapshot } from "../checkpoint/model_state.ts";
import { writeBestWeights } from "../checkpoint/restore_results.ts";
import type { Progress } from "../loop/progress.ts";
import type { Callback } from "./callback.ts";
import type { WriteQueue } from "./write_queue.ts";

/** How {@linkcode Checkpointer} works. */
export interface CheckpointerOptions {
  /** Between two checkpoints within an epoch. */
  readonly minutes: number;
  readonly timer: ElapsedTimer;
  readonly onMessage?: ((line: string) => void) | undefined;
}

/**
 * Writes checkpoints into a run's folder: after each epoch, every few minutes and at an interruption.
 * After an epoch that is the best so far it writes the best weights as well.
 *
 * Callbacks that write files about epochs come after it in the list and use the same queue: so no file
 * knows of an epoch that the checkpoints do not.
 */
export class Checkpointer implements Callback {
  readonly #run: Run;
  readonly #queue: WriteQueue;
  readonly #options: CheckpointerOptions;
  #savedAt = performance.now();

  constructor(run: Run, queue: WriteQueue, options: CheckpointerOptions) {
    this.#run = run;
    this.#queue = queue;
    this.#options = options;
  }

  async onStep(_progress: Progress, snapshot: Snapshot): Promise<void> {
    const isDue = performance.now() - this.#savedAt >= this.#options.minutes * 60_000;
    if (isDue) await this.#save(snapshot);
  }

  async onEpoch(_line: HistoryLine, best: boolean, snapshot: Snapshot): Promise<void> {
    await this.#save(snapshot, best);
  }

  async onInterrupt(snapshot: Snapshot): Promise<void> {
    await this.#save(snapshot);
  }

  /** Reads the newest checkpoint without NaN or infinity. */
  async lastFinite(): Promise<Checkpoint> {
    await this.#queue.flush();
    const isFinite = ({ arrays }: Checkpoint): boolean =>
      [...arrays.values()].every(({ values }) => values.every(Number.isFinite));
    return await checkpointsOf(this.#run).newest(isFinite, this.#options.onMessage);
  }

  async #save(snapshot: Snapshot, best = false): Promise<void> {
    const { progress } = snapshot;
    if (!progress && !best) return;
    // At most one copy of the tensors waits in memory.
    await this.#queue.flush();
    const arrays = await snapshot.arrays();
    if (progress) {
      const checkpoint = { arrays, progress, spent: this.#options.timer.elapsed };
      this.#queue.add(() => checkpointsOf(this.#run).write(checkpoint));
    }
    if (best) this.#queue.add(() => writeBestWeights(this.#run, arrays));
    this.#savedAt = performance.now();
  }
}
