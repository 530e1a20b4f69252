import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";

/** A tensor of values without a pattern, so that wrong sums do not equal the right ones. */
export function ramp(shape: number[], scale = 1): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(i * i) * scale), shape);
}

/** The values that a computation has on a backend. It must leave no tensors behind. */
export async function valuesOn(
  backend: "wasm" | "cpu",
  compute: () => tf.Tensor[],
): Promise<Float32Array[]> {
  await useEngine({ engine: "wasm" });
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const values = tf.tidy(() => compute().map((tensor) => tensor.dataSync<"float32">().slice()));
  assert.equal(tf.memory().numTensors, before);
  return values;
}

/** Asserts that a computation has the same result on WebAssembly as in plain JavaScript. */
export async function assertSameAsCpu(
  compute: () => tf.Tensor[],
  tolerance = 1e-5,
): Promise<void> {
  const [ours, plain] = [await valuesOn("wasm", compute), await valuesOn("cpu", compute)];
  assert.equal(ours.length, plain.length);
  ours.forEach((values, index) => assertNear(values, plain[index]!, tolerance, `value ${index}`));
}

/** Asserts that two lists differ by at most `tolerance` times the largest magnitude in the second. */
export function assertNear(
  actual: Float32Array,
  expected: Float32Array,
  tolerance: number,
  name: string,
): void {
  assert.equal(actual.length, expected.length, name);
  // Values that are 0 but for rounding, as the gradients of a bias before batch normalization, have no
  // scale of their own.
  const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-2);
  expected.forEach((value, index) => {
    const difference = Math.abs(actual[index]! - value) / scale;
    assert.ok(difference <= tolerance, `${name}: ${actual[index]} for ${value} at ${index}`);
  });
}
