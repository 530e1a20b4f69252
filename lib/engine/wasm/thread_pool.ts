import { Worker } from "node:worker_threads";
import type { Heap } from "./heap.ts";
import {
  collectResult,
  copyInputs,
  countMultiplications,
  divide,
  type ParallelGemm,
  type Part,
  runOnThisThread,
} from "./parallel_gemm.ts";
import {
  maxWorkers,
  readTask,
  State,
  statesOf,
  tensorsOffset,
  writeTask,
} from "./thread_pool_protocol.ts";

/** How long a worker may take to start; one that takes longer is never used. */
const startMilliseconds = 5000;
/** How long to wait for workers, and the multiple of this thread's own time if that is longer. */
const [defaultMinWaitMilliseconds, maxWaitFactor] = [30_000, 20];
/** Workers are waited for in turns: if the process is stopped meanwhile, it loses only one of them. */
const turnMilliseconds = 1000;
/** A product with fewer multiplications is faster on one thread. */
const minMultiplications = 4e6;
const pageBytes = 2 ** 16;

/**
 * Workers that compute parts of matrix products beside this thread, one for each other core. A backend's
 * memory cannot be shared, so tensors are copied to a memory that can: this takes a small part of the
 * time of a convolution.
 */
export class ThreadPool {
  readonly #minWaitMilliseconds: number;
  readonly #threads: Worker[] = [];
  readonly #memory = new WebAssembly.Memory({
    initial: tensorsOffset(maxWorkers) / pageBytes,
    maximum: pageBytes,
    shared: true,
  });
  readonly #states = statesOf(this.#memory);
  readonly #size = Math.min(navigator.hardwareConcurrency - 1, maxWorkers);
  readonly #workers: readonly number[];

  /** @param minWaitMilliseconds How long to wait for workers at least. */
  constructor(minWaitMilliseconds = defaultMinWaitMilliseconds) {
    this.#minWaitMilliseconds = minWaitMilliseconds;
    for (let worker = 0; worker < this.#size; worker++) this.#start(worker);
    for (let worker = 0; worker < this.#size; worker++) {
      Atomics.wait(this.#states, worker, State.starting, startMilliseconds);
    }
    // All products use the same workers, so that sums, and so whole runs, are bit-for-bit reproducible.
    this.#workers = [...this.#states.keys()].filter((worker) =>
      Atomics.load(this.#states, worker) === State.ready
    );
  }

  #start(worker: number): void {
    const fail = (): unknown => Atomics.store(this.#states, worker, State.failed);
    try {
      const thread = new Worker(new URL("thread_pool_worker.ts", import.meta.url), {
        workerData: { memory: this.#memory, worker },
      });
      // The worker waits forever; this lets the process end.
      thread.unref();
      thread.on("error", fail);
      thread.on("exit", fail);
      this.#threads.push(thread);
    } catch {
      fail(); // Workers cannot be started from every kind of module URL.
    }
  }

  /** Whether all workers wait for a task; one that failed or ended never will. */
  get isReady(): boolean {
    return this.#workers.every((worker) => Atomics.load(this.#states, worker) === State.ready);
  }

  /** Ends all workers. */
  terminate(): void {
    for (const thread of this.#threads) void thread.terminate();
  }

  /**
   * Computes a product, the first images on this thread.
   *
   * @throws {Error} If a worker fails or does not answer; the pool is then no longer ready.
   */
  run(heap: Heap, batch: ParallelGemm): void {
    const parts = this.#divide(batch);
    for (const part of parts) this.#begin(heap, batch, part);
    const images = batch.images - parts.reduce((sum, { images }) => sum + images, 0);
    const began = performance.now();
    try {
      runOnThisThread(heap, { ...batch, images });
    } finally {
      // Also after an error: a worker that computes must not get another task.
      this.#await(parts, performance.now() - began);
    }
    for (const part of parts) collectResult(heap, this.#memory.buffer, batch, part);
  }

  /** The workers' parts; none if the shared memory cannot hold them. */
  #divide(batch: ParallelGemm): Part[] {
    const { parts, end } = divide(batch, this.#workers, tensorsOffset(this.#size));
    const missing = end - this.#memory.buffer.byteLength;
    try {
      if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
      return parts;
    } catch {
      return [];
    }
  }

  #begin(heap: Heap, batch: ParallelGemm, part: Part): void {
    copyInputs(heap, this.#memory.buffer, batch, part);
    writeTask(this.#memory, part.worker, batch.product(part.images, part));
    Atomics.store(this.#states, part.worker, State.busy);
    Atomics.notify(this.#states, part.worker);
  }

  /** Waits until all parts are computed. */
  #await(parts: readonly Part[], ownMilliseconds: number): void {
    const turns = Math.ceil(
      Math.max(this.#minWaitMilliseconds, maxWaitFactor * ownMilliseconds) / turnMilliseconds,
    );
    const isBusy = (worker: number): boolean =>
      Atomics.wait(this.#states, worker, State.busy, turnMilliseconds) === "timed-out";
    let left = turns;
    for (const { worker } of parts) {
      while (left > 0 && isBusy(worker)) left--;
      const state = Atomics.load(this.#states, worker);
      if (state === State.ready) continue;
      if (state === State.busy) {
        throw new Error(`a worker of the wasm engine did not answer within ${turns} seconds`);
      }
      const error = readTask(this.#memory, worker);
      const reason = typeof error === "string" ? error : "it was terminated";
      throw new Error(`a worker of the wasm engine failed: ${reason}`);
    }
  }
}

let threadPool: ThreadPool | undefined;

/** Computes a product, on all cores if it is large enough. */
export function runBatch(heap: Heap, batch: ParallelGemm): void {
  if (batch.images < 2 || countMultiplications(batch) < minMultiplications) {
    return runOnThisThread(heap, batch);
  }
  // All workers are replaced: with fewer of them, sums would differ in their last bits.
  if (!threadPool?.isReady) {
    threadPool?.terminate();
    threadPool = new ThreadPool();
  }
  threadPool.run(heap, batch);
}
