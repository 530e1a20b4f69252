import { BufferReader, Parser } from "pickleparser";

/** A pickle that is damaged, or that names anything but numbers, text, lists, dictionaries and arrays. */
export class PickleError extends Error {
  /** The name of the class. */
  override readonly name = "PickleError";
}

/** An array of NumPy. */
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

/**
 * Reads a pickle of Python: plain values, dictionaries as maps, bytes as `Uint8Array`, NumPy's arrays as
 * {@linkcode PickledArray}. Python 2's `str` is text, one character for each byte, or bytes if it is long.
 *
 * Nothing in it is run: what it names is neither looked up nor called.
 *
 * @throws {PickleError} If it is damaged or names anything else.
 */
export function readPickle(bytes: Uint8Array): unknown {
  const parser = new Parser({
    nameResolver: { resolve },
    unpicklingTypeOfDictionary: "Map",
  });
  try {
    return parser.read(new PickleReader(bytes));
  } catch (error) {
    throw error instanceof PickleError ? error : new PickleError("its pickle is damaged");
  }
}

/** Returns text, or bytes as text with one character for each. */
export function pickledText(value: unknown): string | undefined {
  if (value instanceof Uint8Array && value.length <= longestText) {
    return String.fromCharCode(...value);
  }
  return typeof value === "string" ? value : undefined;
}

/** Returns bytes, or text as bytes where each of its characters is one. */
function pickledBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string" && /^[\0-\xff]*$/.test(value)) {
    return Uint8Array.from(value, (character) => character.charCodeAt(0));
  }
  throw new PickleError("an array's values are not bytes");
}

/** Returns the whole numbers of a list or an array, or `undefined` if it holds anything else. */
export function pickledIntegers(value: unknown): number[] | undefined {
  if (isPickledArray(value)) return integersOf(value);
  return Array.isArray(value) && value.every(Number.isSafeInteger) ? value : undefined;
}

/** Whether a value is an array of NumPy. */
export function isPickledArray(value: unknown): value is PickledArray {
  return value instanceof ArrayState && value.bytes !== none;
}

const longestText = 4096;
const none = new Uint8Array();

class PickleReader extends BufferReader {
  override uint64(): number {
    const [low, high] = [this.uint32(), this.uint32()];
    if (high >= 2 ** 20) throw new PickleError("a length is out of range");
    return low + 2 ** 32 * high;
  }

  /** The parser's decoder maps some bytes to other characters, and a text of millions is slow. */
  override string(size: number, encoding: "ascii" | "utf-8"): string {
    if (encoding === "utf-8") return super.string(size, encoding);
    const bytes = this.bytes(size) as Uint8Array;
    // The parser only passes the value on.
    return (pickledText(bytes) ?? bytes) as string;
  }
}

// deno-lint-ignore no-explicit-any -- the parser's own type
type Callable = (...args: any[]) => unknown;

function resolve(module: string, name: string): Callable {
  const from = module.replace(/^numpy\._core\b/, "numpy.core");
  switch (`${from}.${name}`) {
    case "collections.OrderedDict":
      return () => new Map();
    case "_codecs.encode":
      return pickledBytes;
    case "numpy.ndarray":
      return () => refuse(module, name);
    case "numpy.dtype":
      return (code) => new TypeState(String(pickledText(code)));
    case "numpy.core.multiarray._reconstruct":
      return () => new ArrayState();
    case "numpy.core.multiarray.scalar":
      return (type, value) => scalarOf(type, value);
    case "numpy.core.numeric._frombuffer":
      return (values, type, shape, order) => {
        const array = new ArrayState();
        array.__setstate__([1, shape, type, pickledText(order) === "F", values]);
        return array;
      };
  }
  return refuse(module, name);
}

function refuse(module: string, name: string): never {
  throw new PickleError(
    `it contains ${printable(module)}.${printable(name)} but only numbers, text, lists, ` +
      "dictionaries and NumPy's arrays are read; nothing in it was run",
  );
}

function printable(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 80) : typeof value;
}

/** A data type of NumPy, whose byte order comes after it. */
class TypeState {
  bigEndian: boolean;
  readonly type: string;

  constructor(code: string) {
    this.bigEndian = code.startsWith(">");
    this.type = code.replace(/^[<>|=]/, "");
  }

  __setstate__(state: unknown): void {
    const order = Array.isArray(state) ? pickledText(state[1]) : undefined;
    this.bigEndian = order === ">";
  }
}

/** An array of NumPy, which is filled after it is made. */
class ArrayState implements PickledArray {
  shape: readonly number[] = [];
  type = "";
  bigEndian = false;
  fortran = false;
  bytes: Uint8Array = none;

  __setstate__(state: unknown): void {
    const [, shape, type, fortran, values] = Array.isArray(state) ? state : [];
    const isShape = Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side));
    if (!isShape || !(type instanceof TypeState)) throw new PickleError("an array is malformed");
    const bytes = pickledBytes(values);
    const length = shape.reduce((product: number, side: number) => product * side, 1);
    if (!/^[biuf][1248]$/.test(type.type) || bytes.length !== length * Number(type.type[1])) {
      throw new PickleError(
        `an array must hold numbers. Received: ${type.type.slice(0, 80)}, ${bytes.length} bytes`,
      );
    }
    Object.assign(this, { shape, bytes, fortran: fortran === true });
    this.type = type.type;
    this.bigEndian = type.bigEndian;
  }
}

const integerArrays = {
  ...{ b1: Uint8Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, u8: BigUint64Array },
  ...{ i1: Int8Array, i2: Int16Array, i4: Int32Array, i8: BigInt64Array },
};

function integersOf({ type, bytes, bigEndian }: PickledArray): number[] | undefined {
  const Integers = integerArrays[type as keyof typeof integerArrays];
  if (!Integers) return undefined;
  // Reversed bytes are the reversed numbers in the other byte order.
  const copy = bigEndian ? bytes.toReversed() : bytes.slice();
  const numbers = Array.from(new Integers(copy.buffer as ArrayBuffer), Number);
  return bigEndian ? numbers.reverse() : numbers;
}

function scalarOf(type: unknown, value: unknown): number {
  const array = new ArrayState();
  array.__setstate__([1, [], type, false, value]);
  const [number] = integersOf(array) ?? [];
  if (number === undefined) throw new PickleError("a number must be whole");
  return number;
}
