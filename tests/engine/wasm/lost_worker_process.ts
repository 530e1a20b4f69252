/**
 * Computes two products on the wasm engine's workers, and loses a worker in between, in the way that its
 * argument names. Prints {@linkcode Lost} as JSON.
 */

// deno-lint-ignore-file no-console -- its output is read by the test

import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { tf } from "../../../lib/engine/tf.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";
import type { Gemm } from "../../../lib/engine/wasm/gemm.ts";
import { type Heap, heapOf } from "../../../lib/engine/wasm/heap.ts";
import type { ParallelGemm } from "../../../lib/engine/wasm/parallel_gemm.ts";
import { runBatch, ThreadPool } from "../../../lib/engine/wasm/thread_pool.ts";

/** The result of this program. */
export interface Lost {
  /** The distinct values of a product of ones, each a sum of `side` ones, before and after the loss. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** The message of the error that the loss caused. */
  readonly message?: string | undefined;
  /** The numbers of workers started before the loss and after it. */
  readonly started: readonly [number, number];
}

/** An image's height and width, and as many images as there can be threads. */
const [side, images] = [256, 8];

const threads: Worker[] = [];
const { unref } = Worker.prototype;
Worker.prototype.unref = function (): void {
  threads.push(this);
  unref.call(this);
};

await useEngine({ engine: "wasm" });
const heap = heapOf(tf.backend());
const x = tf.ones([images, side, side]);
const filter = tf.ones([side, side]);

const ways: Record<string, () => unknown> = {
  "throws": () =>
    multiply((batch) => runBatch(heap, forWorkers(batch, (whole) => ({ ...whole, depth: null! })))),
  "terminated between products": () => threads[0]!.terminate(),
  // This thread computes its part after the workers have got theirs.
  "terminated in a product": () =>
    runApart((pool, batch) => forWorkers(batch, endless, () => pool.terminate())),
  "hangs": () => runApart((_, batch) => forWorkers(batch, endless)),
};

/** A product that never ends and needs no memory. */
function endless(product: Gemm): Gemm {
  return { ...product, depth: [1e15, 0] };
}

/** Computes a product on a pool of its own, which does not wait long for its workers. */
function runApart(change: (pool: ThreadPool, batch: ParallelGemm) => ParallelGemm): void {
  const pool = new ThreadPool(1);
  try {
    multiply((batch) => pool.run(heap, change(pool, batch)));
  } finally {
    // The engine would replace such a pool.
    assert.equal(pool.isReady, false);
  }
}

const before = multiply((batch) => runBatch(heap, batch));
const started = threads.length;
const message = await messageOf(ways[Deno.args[0]!]!);
const after = multiply((batch) => runBatch(heap, batch));
const lost: Lost = { before, after, message, started: [started, threads.length - started] };
console.log(JSON.stringify(lost));

async function messageOf(act: () => unknown): Promise<string | undefined> {
  try {
    await act();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** The distinct values of a product of ones. */
function multiply(run: (batch: ParallelGemm) => void): number[] {
  const y = heap.output([images, side, side]);
  try {
    heap.clear(y);
    run(batchOf(heap, y));
    return [
      ...new Set(new Float32Array(heap.memory.buffer, heap.address(y), images * side * side)),
    ];
  } finally {
    heap.release(y);
  }
}

function batchOf(heap: Heap, y: tf.TensorInfo): ParallelGemm {
  const bytes = side * side * 4;
  const rows = (address: number) =>
    ({ kind: "strided", address, stride: side * 4, tapStride: 0 }) as const;
  return {
    images,
    split: [{ address: heap.address(x), bytes }],
    whole: [{ address: heap.address(filter), bytes }],
    result: { address: heap.address(y), bytes },
    sum: false,
    product: (images, { split: [left], whole: [right], result: address }) => ({
      left: { rows: rows(left!), alongDepth: true },
      right: { rows: rows(right!), alongDepth: false },
      rows: [1, images * side],
      columns: side,
      depth: [1, side],
      address,
    }),
  };
}

/** Changes the product of the workers, but not that of this thread. */
function forWorkers(
  batch: ParallelGemm,
  change: (product: Gemm) => Gemm,
  onMainThread = (): void => {},
): ParallelGemm {
  return {
    ...batch,
    product: (images, addresses) => {
      const product = batch.product(images, addresses);
      // The address is 0 while multiplications are counted.
      if (addresses.result === 0) return product;
      if (addresses.result !== batch.result.address) return change(product);
      onMainThread();
      return product;
    },
  };
}
