import { readAt } from "../files/read.ts";
import { type RowArray, rowArray } from "./weights_file.ts";

/** How a file stores real numbers, little-endian. */
export type NumberType = "F64" | "F32" | "F16" | "BF16";

export const bytesOf: Readonly<Record<NumberType, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** Makes an array of the numbers that a file stores contiguously from `position` on. */
export function numbersIn(
  file: Deno.FsFile,
  { shape, type, position }: {
    readonly shape: readonly number[];
    readonly type: NumberType;
    readonly position: number;
  },
): RowArray {
  const size = bytesOf[type];
  return rowArray(shape, async (start, count) => {
    const bytes = new Uint8Array(count * size);
    return toFloats(await readAt(file, position + start * size, bytes), type);
  });
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
