import { PickledName, PickledObject } from "./pickled.ts";

/** An array of NumPy's numbers. */
export interface PickledArray {
  readonly shape: readonly number[];
  /** NumPy's code without the byte order, such as `u1` or `i8`. */
  readonly type: string;
  readonly bigEndian: boolean;
  /** Whether the first axis is the fastest. */
  readonly fortran: boolean;
  /** The values, one after the other. They share their memory with the pickle. */
  readonly bytes: Uint8Array;
}

/** Returns the array that an unpickled value describes; `undefined` if it is no array of numbers. */
export function pickledArray(value: unknown): PickledArray | undefined {
  if (!(value instanceof PickledObject)) return undefined;
  switch (nameOf(value.type)) {
    case "numpy.core.multiarray._reconstruct": {
      const [, shape, type, fortran, values] = Array.isArray(value.state) ? value.state : [];
      return arrayOf(shape, type, fortran === true, values);
    }
    case "numpy.core.numeric._frombuffer": {
      const [values, type, shape, order] = value.args;
      return arrayOf(shape, type, pickledText(order) === "F", values);
    }
  }
  return undefined;
}

/** Returns text, or short bytes as text with one character for each; `undefined` for anything else. */
export function pickledText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const bytes = pickledBytes(value);
  return bytes && bytes.length <= longestText ? String.fromCharCode(...bytes) : undefined;
}

/** Returns the whole numbers of a list or of an array; `undefined` for anything else. */
export function pickledIntegers(value: unknown): number[] | undefined {
  if (Array.isArray(value)) return value.every(Number.isSafeInteger) ? value : undefined;
  const array = pickledArray(value);
  const Integers = array && integerArrays[array.type as keyof typeof integerArrays];
  if (!Integers) return undefined;
  // Reversed bytes are the reversed numbers in the other byte order.
  const copy = array.bigEndian ? array.bytes.toReversed() : array.bytes.slice();
  const numbers = Array.from(new Integers(copy.buffer as ArrayBuffer), Number);
  return array.bigEndian ? numbers.reverse() : numbers;
}

const longestText = 4096;

const integerArrays = {
  ...{ b1: Uint8Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, u8: BigUint64Array },
  ...{ i1: Int8Array, i2: Int16Array, i4: Int32Array, i8: BigInt64Array },
};

/** Bytes, also as Python 2's text, and as Python 3 writes them for Python 2: text to encode. */
function pickledBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  const isEncoded = value instanceof PickledObject && nameOf(value.type) === "_codecs.encode";
  const text = isEncoded ? value.args[0] : value;
  if (typeof text !== "string" || !/^[\0-\xff]*$/.test(text)) return undefined;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A name of NumPy 1, which NumPy 2 has changed. */
function nameOf(type: unknown): string {
  return type instanceof PickledName ? `${type}`.replace(/^numpy\._core\./, "numpy.core.") : "";
}

function arrayOf(
  shape: unknown,
  type: unknown,
  fortran: boolean,
  values: unknown,
): PickledArray | undefined {
  if (!(type instanceof PickledObject) || nameOf(type.type) !== "numpy.dtype") return undefined;
  const code = pickledText(type.args[0]) ?? "";
  const order = Array.isArray(type.state) ? pickledText(type.state[1]) : code[0];
  const number = /^[<>|=]?([biuf][1248])$/.exec(code)?.[1];
  const bytes = pickledBytes(values);
  if (number === undefined || !bytes || !isShape(shape)) return undefined;
  const length = shape.reduce((product, side) => product * side, Number(number[1]));
  if (bytes.length !== length) return undefined;
  return { shape, type: number, bigEndian: order === ">", fortran, bytes };
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((side) => Number.isSafeInteger(side) && side >= 0);
}
