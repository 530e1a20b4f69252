import type { Run } from "../../runs/run.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import type { Callback } from "./callback.ts";
import type { WriteQueue } from "./write_queue.ts";

/** Writes a run's `history.jsonl` after each epoch. */
export class HistoryWriter implements Callback {
  readonly #queue: WriteQueue;
  #run: Run | undefined;
  #lines: readonly HistoryLine[] = [];

  constructor(queue: WriteQueue) {
    this.#queue = queue;
  }

  async onStart(run: Run): Promise<void> {
    this.#run = run;
    this.#lines = await run.history();
  }

  onEpoch(line: HistoryLine): void {
    // After a roll-back, epochs are repeated.
    const lines = [...this.#lines.slice(0, line.epoch - 1), line];
    this.#lines = lines;
    this.#queue.add(async () => await this.#run?.writeHistory(lines));
  }
}
