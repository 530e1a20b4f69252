/**
 * The shared memory of a {@linkcode ThreadPool}: first a page with a state and a task for each worker,
 * then each worker's scratch memory, then tensors.
 *
 * @module
 */

/** The states of a worker, each kept in a word of the first page. */
export const State = { starting: 0, ready: 1, busy: 2, failed: 3 } as const;

/** A worker's slot of the first page holds a task: its length, then its JSON. */
const slotBytes = 4096;
export const maxWorkers = 7;
/** The scratch memory of a worker, which holds the packed factors of a product. */
const scratchBytes = 2 ** 20;

const pageBytes = 2 ** 16;

/** The address of a worker's scratch memory. */
export function scratchOffset(worker: number): number {
  return pageBytes + worker * scratchBytes;
}

/** The first address for tensors. */
export function tensorsOffset(workers: number): number {
  return scratchOffset(workers);
}

/** The states of all workers. */
export function statesOf(memory: WebAssembly.Memory): Int32Array<ArrayBufferLike> {
  return new Int32Array(memory.buffer, 0, maxWorkers);
}

/** Writes a task into a worker's slot. */
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
  // TextDecoder refuses shared memory, so this decodes a copy.
  const bytes = new Uint8Array(memory.buffer, slot + 4, length).slice();
  return JSON.parse(new TextDecoder().decode(bytes));
}
