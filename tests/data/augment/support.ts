import type { Batch } from "../../../lib/data/pipeline/batches.ts";
import { tf } from "../../../lib/engine/tf.ts";

/** Registers a test on TensorFlow.js's `cpu` backend that fails if it leaks tensors. */
export function onPlainEngine(name: string, test: () => Promise<void> | void): void {
  Deno.test(name, async () => {
    await tf.setBackend("cpu");
    const before = tf.memory().numTensors;
    await test();
    const leaked = tf.memory().numTensors - before;
    if (leaked !== 0) throw new Error(`${leaked} tensors leaked`);
  });
}

/** A batch of square images whose bytes are a function of image, row, column and channel. */
export function batchOf(
  length: number,
  size: number,
  byte: (index: number, row: number, column: number, channel: number) => number,
): Batch {
  const pixels = new Uint8Array(length * size * size * 3);
  for (let at = 0; at < pixels.length; at++) {
    const pixel = Math.floor(at / 3);
    const row = Math.floor(pixel / size);
    pixels[at] = byte(Math.floor(row / size), row % size, pixel % size, at % 3);
  }
  return {
    length,
    size,
    pixels,
    labels: new Uint16Array(length),
    indices: Uint32Array.from({ length }, (_, index) => index),
    globalBatchSize: length,
    isPadding: false,
  };
}

/** The largest difference between two lists of numbers. */
export function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Infinity;
  return Array.from(one).reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (other[index] ?? NaN))),
    0,
  );
}
