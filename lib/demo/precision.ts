/** How weights are stored in a page. */
export type WeightPrecision = "float32" | "float16" | "int8";

/** The precisions, from the largest page to the smallest. */
export const weightPrecisions: readonly WeightPrecision[] = ["float32", "float16", "int8"];

/** The largest number of float16. */
const largestHalf = 65504;

/**
 * How an array is stored: biases, which are few, in full. Of int8 the last axis, the outputs, has a scale
 * for each of its indices, as float32 before the bytes.
 */
function precisionOf(shape: readonly number[], precision: WeightPrecision): WeightPrecision {
  return shape.length > 1 ? precision : "float32";
}

/** The number of bytes that an array is stored in. */
export function encodedBytes(shape: readonly number[], precision: WeightPrecision): number {
  const count = shape.reduce((product, side) => product * side, 1);
  const scales = 4 * shape.at(-1)!;
  return { float32: 4 * count, float16: 2 * count, int8: count + scales }[
    precisionOf(shape, precision)
  ];
}

/**
 * Stores an array of weights.
 *
 * @throws {RangeError} If a value is too large for float16.
 */
export function encodeWeights(
  values: Float32Array<ArrayBuffer>,
  shape: readonly number[],
  precision: WeightPrecision,
): Uint8Array<ArrayBuffer> {
  const stored = precisionOf(shape, precision);
  if (stored === "float32") return new Uint8Array(values.slice().buffer);
  if (stored === "float16") {
    const large = values.find((value) => Math.abs(value) > largestHalf);
    if (large === undefined) return new Uint8Array(new Float16Array(values).buffer);
    throw new RangeError(`weights must be at most ${largestHalf} for float16. Received: ${large}`);
  }
  const outputs = shape.at(-1)!;
  const scales = new Float32Array(outputs);
  values.forEach((value, at) => {
    scales[at % outputs] = Math.max(scales[at % outputs]!, Math.abs(value) / 127);
  });
  const bytes = new Uint8Array(4 * outputs + values.length);
  bytes.set(new Uint8Array(scales.buffer));
  new Int8Array(bytes.buffer, 4 * outputs).set(
    values.map((value, at) => Math.round(value / (scales[at % outputs] || 1))),
  );
  return bytes;
}

/** Reads what {@linkcode encodeWeights} stored. */
export function decodeWeights(
  bytes: Uint8Array<ArrayBuffer>,
  shape: readonly number[],
  precision: WeightPrecision,
): Float32Array<ArrayBuffer> {
  // Copied, because numbers of several bytes must begin at a multiple of their length.
  const { buffer } = bytes.slice();
  const stored = precisionOf(shape, precision);
  if (stored === "float32") return new Float32Array(buffer);
  if (stored === "float16") {
    const halves = new Uint16Array(buffer);
    const floats = new Float32Array(halves.length);
    for (let at = 0; at < halves.length; at++) floats[at] = halfTable()[halves[at]!]!;
    return floats;
  }
  const outputs = shape.at(-1)!;
  const scales = new Float32Array(buffer, 0, outputs);
  return Float32Array.from(
    new Int8Array(buffer, 4 * outputs),
    (value, at) => value * scales[at % outputs]!,
  );
}

let table: Float32Array | undefined;

/** The value of each float16. Browsers before 2025 have no Float16Array. */
function halfTable(): Float32Array {
  return table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
    const sign = bits >> 15 ? -1 : 1, exponent = bits >> 10 & 31, fraction = bits & 1023;
    return sign *
      (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
  });
}
