import { inflateSync } from "node:zlib";

/** A file of MATLAB that is damaged, or of a version or kind that is not read. */
export class MatlabError extends Error {
  /** The name of the class. */
  override readonly name = "MatlabError";
}

/** A value of a MATLAB file. Arrays lie column by column, that is, their first axis is the fastest. */
export type MatlabValue =
  | {
    readonly kind: "numbers";
    readonly shape: readonly number[];
    readonly values: ArrayLike<number>;
  }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "cells"; readonly cells: readonly MatlabValue[] }
  | { readonly kind: "structs"; readonly structs: readonly ReadonlyMap<string, MatlabValue>[] }
  | { readonly kind: "other" };

type NumbersOf = (buffer: ArrayBuffer) => ArrayLike<number>;

/** How numbers are stored, by the codes of their types. */
const numberTypes: Readonly<Record<number, NumbersOf>> = {
  1: (buffer) => new Int8Array(buffer),
  3: (buffer) => new Int16Array(buffer),
  4: (buffer) => new Uint16Array(buffer),
  5: (buffer) => new Int32Array(buffer),
  6: (buffer) => new Uint32Array(buffer),
  7: (buffer) => new Float32Array(buffer),
  9: (buffer) => new Float64Array(buffer),
  12: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number),
  13: (buffer) => Float64Array.from(new BigUint64Array(buffer), Number),
};
const [matrixType, compressedType, headerBytes] = [14, 15, 128];
const encodings: Readonly<Record<number, string>> = { 1: "latin1", 2: "latin1", 16: "utf-8" };

/** The maximum unpacked size in bytes: the largest file that is read, SVHN's training images, is smaller. */
const maxBytes = 2 ** 29;
/** More levels than any data set's structures have. */
const maxDepth = 16;

/**
 * Reads the variables of a MAT file of level 5, as MATLAB up to `-v7` and SciPy write it: numbers, text,
 * cells and structures.
 *
 * @throws {MatlabError} If it is damaged, or a file of `-v7.3`.
 */
export function readMatlab(bytes: Uint8Array): Map<string, MatlabValue> {
  const begin = String.fromCharCode(...bytes.subarray(0, headerBytes));
  if (/^MATLAB 7\.3|^\x89HDF/.test(begin)) {
    throw new MatlabError("it is of version 7.3; save it with -v7 in MATLAB");
  }
  if (!begin.startsWith("MATLAB 5.0") || begin.slice(126) !== "IM") {
    throw new MatlabError("it is no MAT file of level 5");
  }
  try {
    return readVariables(new Elements(bytes, headerBytes));
  } catch (error) {
    if (error instanceof MatlabError) throw error;
    throw new MatlabError("it is damaged");
  }
}

function readVariables(elements: Elements): Map<string, MatlabValue> {
  const variables = new Map<string, MatlabValue>();
  while (elements.left > 0) {
    let { type, bytes } = elements.next();
    if (type === compressedType) {
      const unpacked = inflateSync(bytes, { maxOutputLength: maxBytes });
      ({ type, bytes } = new Elements(new Uint8Array(unpacked), 0).next());
    }
    if (type !== matrixType) continue;
    const { name, value } = readMatrix(bytes, 0);
    variables.set(name, value);
  }
  return variables;
}

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Reads one element after the other. Each begins at a multiple of eight bytes, but for compressed ones. */
class Elements {
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array, private position: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  next(): Element {
    const first = this.#view.getUint32(this.position, true);
    // An element of up to four bytes has its length in the upper half of its type.
    const isSmall = first >>> 16 > 0;
    const type = first & 0xffff;
    const size = isSmall ? first >>> 16 : this.#view.getUint32(this.position + 4, true);
    const start = this.position + (isSmall ? 4 : 8);
    if (start + size > this.bytes.length) throw new MatlabError("it is cut off");
    const end = isSmall ? start + 4 : start + size;
    const padded = type === compressedType ? end : Math.ceil(end / 8) * 8;
    this.position = Math.min(padded, this.bytes.length);
    return { type, bytes: this.bytes.subarray(start, start + size) };
  }
}

function readMatrix(bytes: Uint8Array, depth: number): { name: string; value: MatlabValue } {
  if (depth > maxDepth) throw new MatlabError("its values are nested too deeply");
  if (bytes.length === 0) return { name: "", value: { kind: "other" } };
  const elements = new Elements(bytes, 0);
  const flags = numbersOf(elements.next())[0] ?? 0;
  const shape = Array.from(numbersOf(elements.next()));
  const name = String.fromCharCode(...elements.next().bytes);
  const count = shape.reduce((product, side) => product * side, 1);
  const read = readers[flags & 0xff] ?? readNumbers;
  return { name, value: read({ elements, shape, count, depth }) };
}

interface Matrix {
  readonly elements: Elements;
  readonly shape: readonly number[];
  readonly count: number;
  readonly depth: number;
}

/** The readers of MATLAB's classes that hold no numbers. */
const readers: Readonly<Record<number, (matrix: Matrix) => MatlabValue>> = {
  1: readCells,
  2: readStructs,
  4: readText,
  ...Object.fromEntries([3, 5, 16, 17, 18].map((kind) => [kind, () => ({ kind: "other" })])),
};

function readNumbers({ elements, shape, count }: Matrix): MatlabValue {
  const values = numbersOf(elements.next());
  if (values.length !== count) throw new MatlabError("an array is cut off");
  return { kind: "numbers", shape, values };
}

function readText({ elements }: Matrix): MatlabValue {
  const element = elements.next();
  const encoding = encodings[element.type];
  const text = encoding
    ? new TextDecoder(encoding).decode(element.bytes)
    : Array.from(numbersOf(element), (code) => String.fromCharCode(code)).join("");
  return { kind: "text", text };
}

function readCells({ elements, count, depth }: Matrix): MatlabValue {
  return { kind: "cells", cells: readMatrices(elements, count, depth) };
}

function readStructs({ elements, count, depth }: Matrix): MatlabValue {
  const length = numbersOf(elements.next())[0] ?? 0;
  const names = elements.next().bytes;
  const fields = Array.from(
    { length: length > 0 ? names.length / length : 0 },
    (_, field) =>
      String.fromCharCode(...names.subarray(field * length, (field + 1) * length)).split(
        "\0",
        1,
      )[0]!,
  );
  if (fields.length === 0) return { kind: "other" };
  const values = readMatrices(elements, count * fields.length, depth);
  const structs = Array.from(
    { length: count },
    (_, index) => new Map(fields.map((name, at) => [name, values[index * fields.length + at]!])),
  );
  return { kind: "structs", structs };
}

function readMatrices(elements: Elements, count: number, depth: number): MatlabValue[] {
  // Each takes eight bytes at least.
  if (!(count >= 0 && count * 8 <= elements.left + 8)) throw new MatlabError("it is cut off");
  return Array.from({ length: count }, () => {
    const { type, bytes } = elements.next();
    if (type !== matrixType) throw new MatlabError("it is damaged");
    return readMatrix(bytes, depth + 1).value;
  });
}

/** Bytes share their memory with the file; there may be hundreds of megabytes. */
function numbersOf({ type, bytes }: Element): ArrayLike<number> {
  if (type === 2) return bytes;
  const read = numberTypes[type];
  if (!read) throw new MatlabError("it is damaged");
  return read(bytes.slice().buffer as ArrayBuffer);
}
