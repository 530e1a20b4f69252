import { readAt } from "../files/read.ts";
import { countOf, type RowArray, rowArray } from "./weights_file.ts";

/** How a file stores real numbers, little-endian. */
export type NumberType = "F64" | "F32" | "F16" | "BF16";

export const bytesOf: Readonly<Record<NumberType, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** How a file of a graph stores numbers, integers among them, little-endian. */
export type StoredType = NumberType | "I32" | "I64";

/** The bytes of a stored number. */
export function storedBytes(type: StoredType): number {
  return type === "I32" ? 4 : type === "I64" ? 8 : bytesOf[type];
}

/** Where a file stores the numbers of an array. */
interface NumbersOptions {
  readonly shape: readonly number[];
  readonly type: NumberType;
  /** The position of the first number in the file, in bytes. */
  readonly position: number;
  /** The distance of neighbors along each axis, in numbers. Default: row by row without gaps. */
  readonly strides?: readonly number[];
}

/** Makes an array of the numbers that a file stores from `position` on. */
export function numbersIn(file: Deno.FsFile, options: NumbersOptions): RowArray {
  const { shape, type, position, strides } = options;
  const size = bytesOf[type];
  const readFrom = async (start: number, count: number): Promise<Float32Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(count * size);
    return toFloats(await readAt(file, position + start * size, bytes), type);
  };
  if (!strides || isContiguous(shape, strides)) return rowArray(shape, readFrom);
  const rows = async (from: number, to: number): Promise<Float32Array<ArrayBuffer>> => {
    const part = [to - from, ...shape.slice(1)];
    if (countOf(part) === 0) return new Float32Array();
    const last = part.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, 0);
    return gather(await readFrom(from * strides[0]!, last + 1), part, strides);
  };
  return { shape, rows, read: () => rows(0, shape[0]!) };
}

/** Whether numbers are stored row by row. The strides of axes of length 1 do not matter. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  return shape.every((length, axis) =>
    length === 1 || strides[axis] === countOf(shape.slice(axis + 1))
  );
}

/** Copies numbers that are stored with strides to a new array, row by row. */
export function gather(
  values: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(countOf(shape));
  let into = 0;
  const copy = (axis: number, from: number): void => {
    const [length, stride] = [shape[axis]!, strides[axis]!];
    if (axis === shape.length - 1) {
      for (let index = 0; index < length; index++) result[into++] = values[from + index * stride]!;
    } else {
      for (let index = 0; index < length; index++) copy(axis + 1, from + index * stride);
    }
  };
  copy(0, 0);
  return result;
}

/** Converts stored numbers, integers among them, to 32-bit floats. */
export function toNumbers(
  bytes: Uint8Array<ArrayBuffer>,
  type: StoredType,
): Float32Array<ArrayBuffer> {
  if (type === "I32") return Float32Array.from(new Int32Array(bytes.buffer));
  if (type === "I64") return Float32Array.from(new BigInt64Array(bytes.buffer), Number);
  return toFloats(bytes, type);
}

/** Converts stored numbers to 32-bit floats; F32 is not copied. */
export function toFloats(
  bytes: Uint8Array<ArrayBuffer>,
  type: NumberType,
): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const count = byteLength / bytesOf[type];
  switch (type) {
    case "F32":
      return new Float32Array(buffer, byteOffset, count);
    case "F64":
      return Float32Array.from(new Float64Array(buffer, byteOffset, count));
    case "F16":
      return Float32Array.from(new Float16Array(buffer, byteOffset, count));
    case "BF16": {
      // The upper half of a 32-bit float.
      const words = Uint32Array.from(
        new Uint16Array(buffer, byteOffset, count),
        (half) => half << 16,
      );
      return new Float32Array(words.buffer);
    }
  }
}
