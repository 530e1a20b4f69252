import assert from "node:assert/strict";
import {
  decodeWeights,
  encodedBytes,
  encodeWeights,
  type WeightPrecision,
} from "../../lib/demo/precision.ts";

const values = Float32Array.of(0.1, -3, 1e-7, 0, 65504, 0.5, -0.25, 2 ** -14, 7, -1, 12.7, 1.27);
const shape = [2, 2, 3];

function restore(
  precision: WeightPrecision,
  of: readonly number[] = shape,
): Float32Array<ArrayBuffer> {
  const bytes = encodeWeights(values, of, precision);
  assert.equal(bytes.length, encodedBytes(of, precision));
  return decodeWeights(bytes, of, precision);
}

Deno.test("float32 weights are restored exactly, and so are biases in every precision", () => {
  assert.deepEqual(restore("float32"), values);
  assert.deepEqual(restore("float16", [12]), values);
  assert.deepEqual(restore("int8", [12]), values);
});

Deno.test("float16 weights are the nearest numbers of IEEE 754", () => {
  assert.deepEqual(restore("float16"), values.map((value) => Math.f16round(value)));
  const all = new Uint16Array(2 ** 16).map((_, bits) => bits);
  const finite = all.filter((bits) => (bits >> 10 & 31) !== 31);
  const decoded = decodeWeights(new Uint8Array(finite.buffer), [finite.length, 1], "float16");
  assert.deepEqual(decoded, Float32Array.from(new Float16Array(finite.buffer)));
});

Deno.test("int8 weights are at most half a step of their output's scale away", () => {
  const restored = restore("int8");
  const largest = [0, 1, 2].map((output) =>
    Math.max(...values.filter((_, at) => at % 3 === output).map(Math.abs))
  );
  restored.forEach((value, at) => {
    const step = largest[at % 3]! / 127;
    assert.ok(Math.abs(value - values[at]!) <= step * 0.5001, `${value} for ${values[at]}`);
  });
  assert.equal(encodedBytes(shape, "int8"), 12 + 3 * 4);
  assert.deepEqual(
    decodeWeights(encodeWeights(new Float32Array(6), [3, 2], "int8"), [3, 2], "int8"),
    new Float32Array(6),
  );
});

Deno.test("a weight that float16 cannot hold is refused", () => {
  assert.throws(
    () => encodeWeights(Float32Array.of(1, -7e4), [1, 2], "float16"),
    /at most 65504 for float16. Received: -70000/,
  );
});
