import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import type { NumberType } from "../raw_values.ts";

/** What the header of NumPy's `.npy` format says. */
export interface NpyHeader {
  /** `"object"` for Python objects, which follow as a pickle; `undefined` for numbers that are not real. */
  readonly type: NumberType | "object" | undefined;
  readonly shape: readonly number[];
  /** Whether the first axis, not the last one, has neighbors side by side. */
  readonly fortranOrder: boolean;
  /** The length of the header in bytes. */
  readonly length: number;
}

const types: Readonly<Record<string, NumberType>> = { "<f8": "F64", "<f4": "F32", "<f2": "F16" };

/** Headers have about a hundred bytes. */
export const maxHeaderBytes = 10_000;

/**
 * Reads the header of an array in a file.
 *
 * @param position The position of the array in the file.
 * @throws {WeightsError} If it is malformed, or numbers are big-endian.
 */
export async function readNpyHeader(file: Deno.FsFile, position = 0): Promise<NpyHeader> {
  const start = await readAt(file, position, new Uint8Array(12));
  return await parseNpyHeader(start, (length) => readAt(file, position, new Uint8Array(length)));
}

/** Reads the header of an array whose bytes are `whole`. */
export async function npyHeaderOf(whole: Uint8Array): Promise<NpyHeader> {
  return await parseNpyHeader(whole, (length) => Promise.resolve(whole.subarray(0, length)));
}

async function parseNpyHeader(
  start: Uint8Array,
  read: (length: number) => Promise<Uint8Array>,
): Promise<NpyHeader> {
  const version = start[6] ?? 0;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (start.length < 12 || view.getUint32(0) !== 0x934e554d || version < 1 || version > 3) {
    throw new WeightsError("it is not an array of NumPy");
  }
  const before = version === 1 ? 10 : 12;
  const length = before + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (length > maxHeaderBytes) throw new WeightsError("the header of an array is too long");
  const text = new TextDecoder().decode((await read(length)).subarray(before));
  const [, descr = ""] = /'descr': '([^']*)'/.exec(text) ?? [];
  const [, order] = /'fortran_order': (True|False)/.exec(text) ?? [];
  const [, sides] = /'shape': \(([\d, ]*)\)/.exec(text) ?? [];
  if (sides === undefined || order === undefined) {
    throw new WeightsError("the header of an array is malformed");
  }
  if (/^>f/.test(descr)) {
    throw new WeightsError(`its numbers must be little-endian. Received: ${descr}`);
  }
  const shape = sides.split(",").map((side) => side.trim()).filter((side) => side !== "").map(
    Number,
  );
  if (!shape.every(Number.isSafeInteger)) {
    throw new WeightsError("the shape of an array is malformed");
  }
  const type = descr === "|O" ? "object" : types[descr];
  return { type, shape, fortranOrder: order === "True", length };
}

/** The strides of an array, in numbers. */
export function stridesOf(shape: readonly number[], fortranOrder: boolean): number[] {
  const product = (sides: readonly number[]): number => sides.reduce((a, b) => a * b, 1);
  return shape.map((_, axis) =>
    product(fortranOrder ? shape.slice(0, axis) : shape.slice(axis + 1))
  );
}
