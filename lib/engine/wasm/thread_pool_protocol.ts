/**
 * What the main thread and the workers of a {@linkcode ThreadPool} know of their shared memory: a page with
 * a state and a task for each worker, then room for each worker's own numbers, then tensors.
 *
 * @module
 */

/** What a worker is doing; its word of the page says so. */
export const State = { starting: 0, ready: 1, busy: 2, failed: 3 } as const;

/** A task is text of a length, in a slot of its own. */
const slotBytes = 4096;
export const maxWorkers = 7;
/** Room for the packed factors of a product. */
export const roomBytes = 2 ** 20;
/** Where tensors may lie. */
export const tensorsAt = (workers: number): number => 2 ** 16 + workers * roomBytes;
export const scratchOffset = (worker: number): number => 2 ** 16 + worker * roomBytes;

/** The words that say what each worker is doing. */
export function statesOf(memory: WebAssembly.Memory): Int32Array<ArrayBufferLike> {
  return new Int32Array(memory.buffer, 0, maxWorkers);
}

/** Writes a worker's task. */
export function writeTask(memory: WebAssembly.Memory, worker: number, task: unknown): void {
  const bytes = new TextEncoder().encode(JSON.stringify(task));
  const slot = (worker + 1) * slotBytes;
  new Int32Array(memory.buffer, slot, 1)[0] = bytes.length;
  new Uint8Array(memory.buffer, slot + 4, slotBytes - 4).set(bytes);
}

/** Reads what {@linkcode writeTask} wrote. */
export function readTask(memory: WebAssembly.Memory, worker: number): unknown {
  const slot = (worker + 1) * slotBytes;
  const length = new Int32Array(memory.buffer, slot, 1)[0]!;
  // Text is decoded from memory that is not shared only.
  return JSON.parse(
    new TextDecoder().decode(new Uint8Array(memory.buffer, slot + 4, length).slice()),
  );
}
