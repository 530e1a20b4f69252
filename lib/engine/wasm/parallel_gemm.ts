import { elementwiseKernels } from "./elementwise.ts";
import { type Gemm, gemmKernel } from "./gemm.ts";
import type { Heap } from "./heap.ts";

/** A block of float32 numbers in memory; address and size are in bytes. */
export interface MemoryBlock {
  readonly address: number;
  readonly bytes: number;
}

/** A matrix product over a batch of images, which can be computed in parts of some images each. */
export interface ParallelGemm {
  readonly images: number;
  /** The tensors that are split by image; `bytes` is the size of one image. */
  readonly split: readonly MemoryBlock[];
  /** The tensors that every part needs in full. */
  readonly whole: readonly MemoryBlock[];
  /** The result; `bytes` is the size of one image, or of all of it if the parts' results are summed. */
  readonly result: MemoryBlock;
  readonly sum: boolean;
  /** The product over some images, with the tensors at these addresses. */
  readonly product: (images: number, addresses: Addresses) => Gemm;
}

/** The addresses of a product's tensors. */
export interface Addresses {
  readonly split: readonly number[];
  readonly whole: readonly number[];
  readonly result: number;
}

/** The part of a product that a worker computes; its addresses are in the shared memory. */
export interface Part extends Addresses {
  readonly worker: number;
  /** The index of its first image. */
  readonly first: number;
  readonly images: number;
}

/** Computes a product on this thread, in the heap. */
export function runOnThisThread(
  heap: Heap,
  { images, split, whole, result, product }: ParallelGemm,
): void {
  const addressOf = ({ address }: MemoryBlock): number => address;
  const addresses = { split: split.map(addressOf), whole: whole.map(addressOf) };
  gemmKernel(heap).run(product(images, { ...addresses, result: result.address }));
}

/** The number of multiplications in a product. */
export function countMultiplications({ images, product, split, whole }: ParallelGemm): number {
  const addresses = { split: split.map(() => 0), whole: whole.map(() => 0), result: 0 };
  const { rows, columns, depth } = product(images, addresses);
  return rows[0] * rows[1] * columns * depth[0] * depth[1];
}

/**
 * Divides a product: each worker gets the same number of the last images, and this thread the rest.
 *
 * @param start The first free address of the shared memory.
 * @returns The parts, and the end of the memory that they need.
 */
export function divide(
  batch: ParallelGemm,
  workers: readonly number[],
  start: number,
): { parts: Part[]; end: number } {
  const used = workers.slice(0, batch.images - 1);
  const images = Math.floor(batch.images / (used.length + 1));
  let end = start;
  const allocate = (bytes: number): number => {
    const address = end;
    end += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const parts = used.map((worker, index): Part => ({
    worker,
    first: batch.images - (index + 1) * images,
    images,
    split: batch.split.map(({ bytes }) => allocate(bytes * images)),
    whole: batch.whole.map(({ bytes }) => allocate(bytes)),
    result: allocate(batch.result.bytes * (batch.sum ? 1 : images)),
  }));
  return { parts, end };
}

/** Copies the tensors of a part from the heap into the shared memory. */
export function copyInputs(
  heap: Heap,
  shared: ArrayBufferLike,
  batch: ParallelGemm,
  part: Part,
): void {
  const from = heap.memory.buffer;
  batch.split.forEach(({ address, bytes }, index) => {
    copy(from, address + part.first * bytes, shared, part.split[index]!, part.images * bytes);
  });
  batch.whole.forEach(({ address, bytes }, index) => {
    copy(from, address, shared, part.whole[index]!, bytes);
  });
}

/** Copies the result of a part from the shared memory into the heap, or adds it there. */
export function collectResult(
  heap: Heap,
  shared: ArrayBufferLike,
  { result, sum }: ParallelGemm,
  part: Part,
): void {
  if (!sum) {
    const to = result.address + part.first * result.bytes;
    return copy(shared, part.result, heap.memory.buffer, to, part.images * result.bytes);
  }
  const count = result.bytes / 4;
  const term = heap.output([count]);
  copy(shared, part.result, heap.memory.buffer, heap.address(term), result.bytes);
  elementwiseKernels(heap).add_rows(heap.address(term), 1, count, result.address);
  heap.release(term);
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
