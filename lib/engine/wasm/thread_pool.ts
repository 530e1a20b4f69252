import { Worker } from "node:worker_threads";
import {
  maxWorkers,
  readTask,
  State,
  statesOf,
  tensorsAt,
  writeTask,
} from "./thread_pool_protocol.ts";
import type { Heap } from "./heap.ts";
import { elementwiseKernels } from "./elementwise.ts";
import { type Gemm, gemmKernel } from "./gemm.ts";

/** Numbers in memory; bytes. */
export interface MemoryBlock {
  readonly address: number;
  readonly bytes: number;
}

/** A product that can be computed in parts, each of some of a batch's images. */
export interface ParallelGemm {
  readonly images: number;
  /** What every image has a share of, by its own bytes. */
  readonly split: readonly MemoryBlock[];
  /** What every part needs whole. */
  readonly whole: readonly MemoryBlock[];
  /** By an image's own bytes; whole where the parts' results are summed. */
  readonly result: MemoryBlock;
  readonly sum: boolean;
  /** The product of some images, whose tensors lie at these addresses. */
  readonly product: (images: number, addresses: Addresses) => Gemm;
}

export interface Addresses {
  readonly split: readonly number[];
  readonly whole: readonly number[];
  readonly result: number;
}

/** A part that a worker computes: its tensors in the shared memory. */
interface Part extends Addresses {
  readonly worker: number;
  readonly first: number;
  readonly images: number;
}

/** How long a worker may take to start; one that takes longer is not waited for again. */
const startMilliseconds = 5000;
/** How long workers are waited for, or as a multiple of this thread's own part where that is longer. */
const [leastMilliseconds, mostTimes] = [30_000, 20];
/** Workers are waited for in turns: a process that is stopped meanwhile loses one turn alone. */
const turnMilliseconds = 1000;
/** A product of fewer multiplications is done before others have heard of it. */
const minWork = 4e6;
const pageBytes = 2 ** 16;

/**
 * Workers that compute parts of products beside the main thread, one for each further core. A
 * backend's memory cannot be shared, so tensors are copied to one that is: a small part of the time
 * that a convolution takes.
 */
export class ThreadPool {
  readonly #leastMilliseconds: number;
  readonly #threads: Worker[] = [];
  readonly #memory = new WebAssembly.Memory({
    initial: tensorsAt(maxWorkers) / pageBytes,
    maximum: pageBytes,
    shared: true,
  });
  readonly #states = statesOf(this.#memory);
  readonly #size = Math.min(navigator.hardwareConcurrency - 1, maxWorkers);
  readonly #workers: readonly number[];

  /** @param least Milliseconds that workers are waited for at least. */
  constructor(least = leastMilliseconds) {
    this.#leastMilliseconds = least;
    for (let worker = 0; worker < this.#size; worker++) this.#start(worker);
    // The same workers for all products: sums, and so whole runs, come out the same to the last bit.
    for (let worker = 0; worker < this.#size; worker++) {
      Atomics.wait(this.#states, worker, State.starting, startMilliseconds);
    }
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
      // It waits for ever; the process ends without it.
      thread.unref();
      thread.on("error", fail);
      thread.on("exit", fail);
      this.#threads.push(thread);
    } catch {
      fail(); // Not every place that a module comes from can start a worker.
    }
  }

  /** Whether all workers wait for something to do; one that failed or ended never will. */
  get isReady(): boolean {
    return this.#workers.every((worker) => Atomics.load(this.#states, worker) === State.ready);
  }

  terminate(): void {
    for (const thread of this.#threads) void thread.terminate();
  }

  /**
   * Computes a batch's product, the first images on this thread.
   *
   * @throws {Error} Where a worker fails, or does not answer: the threadPool is then not ready.
   */
  run(heap: Heap, batch: ParallelGemm): void {
    const parts = this.#parts(batch);
    for (const part of parts) this.#begin(heap, batch, part);
    const own = batch.images - parts.reduce((sum, { images }) => sum + images, 0);
    const began = performance.now();
    try {
      runAlone(heap, { ...batch, images: own });
    } finally {
      // A worker that computes must not be given something else.
      this.#await(parts, performance.now() - began);
    }
    for (const part of parts) this.#finish(heap, batch, part);
  }

  /** One part for each worker, of the last images. */
  #parts(batch: ParallelGemm): Part[] {
    const workers = this.#workers.slice(0, batch.images - 1);
    const images = Math.floor(batch.images / (workers.length + 1));
    let free = tensorsAt(this.#size);
    const place = (bytes: number): number => {
      const address = free;
      free += Math.ceil(bytes / 64) * 64;
      return address;
    };
    const parts = workers.map((worker, index): Part => ({
      worker,
      first: batch.images - (index + 1) * images,
      images,
      split: batch.split.map(({ bytes }) => place(bytes * images)),
      whole: batch.whole.map(({ bytes }) => place(bytes)),
      result: place(batch.result.bytes * (batch.sum ? 1 : images)),
    }));
    return this.#grow(free) ? parts : [];
  }

  /** Makes the shared memory so large at least; `false` where that cannot be. */
  #grow(bytes: number): boolean {
    const missing = bytes - this.#memory.buffer.byteLength;
    try {
      if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
      return true;
    } catch {
      return false; // The main thread computes all of it.
    }
  }

  #begin(heap: Heap, batch: ParallelGemm, part: Part): void {
    const from = heap.memory.buffer;
    const shared = this.#memory.buffer;
    batch.split.forEach(({ address, bytes }, index) => {
      copy(from, address + part.first * bytes, shared, part.split[index]!, part.images * bytes);
    });
    batch.whole.forEach(({ address, bytes }, index) => {
      copy(from, address, shared, part.whole[index]!, bytes);
    });
    writeTask(this.#memory, part.worker, batch.product(part.images, part));
    Atomics.store(this.#states, part.worker, State.busy);
    Atomics.notify(this.#states, part.worker);
  }

  /** Waits until all parts are computed. */
  #await(parts: readonly Part[], ownMilliseconds: number): void {
    const turns = Math.ceil(
      Math.max(this.#leastMilliseconds, mostTimes * ownMilliseconds) / turnMilliseconds,
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
      const reason = readTask(this.#memory, worker);
      const shown = typeof reason === "string" ? reason : "it was terminated";
      throw new Error(`a worker of the wasm engine failed: ${shown}`);
    }
  }

  #finish(heap: Heap, { result, sum }: ParallelGemm, { first, images, result: at }: Part): void {
    const shared = this.#memory.buffer;
    if (!sum) {
      const to = result.address + first * result.bytes;
      return copy(shared, at, heap.memory.buffer, to, images * result.bytes);
    }
    const part = heap.output([result.bytes / 4]);
    copy(shared, at, heap.memory.buffer, heap.address(part), result.bytes);
    elementwiseKernels(heap).add_rows(heap.address(part), 1, result.bytes / 4, result.address);
    heap.release(part);
  }
}

let threadPool: ThreadPool | undefined;

/** Computes a batch's product, on all cores where that is worth it. */
export function runBatch(heap: Heap, batch: ParallelGemm): void {
  if (batch.images < 2 || workOf(batch) < minWork) return runAlone(heap, batch);
  // All are replaced: with fewer workers, sums would come out otherwise in their last bits.
  if (!threadPool?.isReady) {
    threadPool?.terminate();
    threadPool = new ThreadPool();
  }
  threadPool.run(heap, batch);
}

function runAlone(heap: Heap, { images, split, whole, result, product }: ParallelGemm): void {
  const addressOf = ({ address }: MemoryBlock): number => address;
  const addresses = { split: split.map(addressOf), whole: whole.map(addressOf) };
  gemmKernel(heap).run(product(images, { ...addresses, result: result.address }));
}

function workOf({ images, product, split, whole }: ParallelGemm): number {
  const nowhere = { split: split.map(() => 0), whole: whole.map(() => 0), result: 0 };
  const { rows, columns, depth } = product(images, nowhere);
  return rows[0] * rows[1] * columns * depth[0] * depth[1];
}

function copy(
  from: ArrayBufferLike,
  start: number,
  to: ArrayBufferLike,
  target: number,
  bytes: number,
): void {
  new Uint8Array(to, target, bytes).set(new Uint8Array(from, start, bytes));
}
