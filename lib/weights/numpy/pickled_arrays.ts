import { PickledName, PickledObject } from "../../files/pickle/pickled.ts";
import { WeightsError } from "../errors.ts";
import { bytesOf, gather, isContiguous, type NumberType, toFloats } from "../raw_values.ts";
import { countOf, type RowArray } from "../weights_file.ts";
import { stridesOf } from "./npy_header.ts";

const types: Readonly<Record<string, NumberType>> = { f8: "F64", f4: "F32", f2: "F16" };

/** The maximum depth of values; deeper ones are left out. */
const maxDepth = 16;

/**
 * Finds NumPy's arrays of real numbers in the value of a pickle, by their paths: `conv1_1.0` for the first
 * of a list under `conv1_1`.
 */
export function arraysInPickle(root: unknown): Map<string, RowArray> {
  const arrays = new Map<string, RowArray>();
  const seen = new Set<unknown>();
  function visit(value: unknown, path: readonly string[]): void {
    if (typeof value !== "object" || value === null || path.length > maxDepth) return;
    if (seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) value.forEach((item, index) => visit(item, [...path, `${index}`]));
    else if (value instanceof PickledObject && isArray(value)) visitArray(value, path);
    else if (value instanceof Map) {
      for (const [key, item] of value) visit(item, [...path, nameOf(key)]);
    }
  }
  function visitArray(value: PickledObject, path: readonly string[]): void {
    const { content } = fieldsOf(value);
    // An array of objects has a list of them.
    if (Array.isArray(content)) return visit(content.length === 1 ? content[0] : content, path);
    const array = arrayOf(value);
    if (array) arrays.set(path.join("."), array);
  }
  visit(root, []);
  return arrays;
}

function nameOf(key: unknown): string {
  const isName = typeof key === "string" || typeof key === "number";
  return isName ? `${key}`.slice(0, 200) : "?";
}

function isArray({ type }: PickledObject): boolean {
  return type instanceof PickledName &&
    /^numpy\.(_?core)\.(multiarray|numeric)$/.test(type.module) &&
    /^_(reconstruct|frombuffer)$/.test(type.name);
}

interface Fields {
  readonly shape?: unknown;
  readonly dtype?: unknown;
  readonly fortranOrder?: boolean;
  readonly content?: unknown;
  /** The axes of the array, as those of the shape. */
  readonly axes?: unknown;
}

/** What a pickle says of an array: in its state, or since protocol 5 in the arguments of a function. */
function fieldsOf({ state, args }: PickledObject): Fields {
  if (Array.isArray(state)) {
    const [, shape, dtype, fortranOrder, content] = state;
    return { shape, dtype, fortranOrder: fortranOrder === true, content };
  }
  const [content, dtype, shape, order, axes] = args;
  return { shape, dtype, fortranOrder: order === "F", content, ...(order === "K" ? { axes } : {}) };
}

/** @throws {WeightsError} If the array is malformed. */
function arrayOf(value: PickledObject): RowArray | undefined {
  const { shape: stored, dtype, fortranOrder = false, content, axes } = fieldsOf(value);
  const [name] = dtype instanceof PickledObject ? dtype.args : [];
  const type = typeof name === "string" ? types[name] : undefined;
  if (!type) return undefined;
  const [, endian] = dtype instanceof PickledObject && Array.isArray(dtype.state)
    ? dtype.state
    : [];
  if (endian === ">") throw new WeightsError("its numbers must be little-endian");
  const bytes = bytesIn(content);
  if (!bytes || !isShape(stored) || bytes.length !== countOf(stored) * bytesOf[type]) {
    throw new WeightsError("an array in its pickle is malformed");
  }
  const order = isOrder(axes, stored.length) ? axes : stored.map((_, axis) => axis);
  const shape = order.map((axis) => stored[axis]!);
  const storedStrides = stridesOf(stored, fortranOrder);
  const strides = order.map((axis) => storedStrides[axis]!);
  const values = (): Float32Array<ArrayBuffer> => toFloats(new Uint8Array(bytes), type);
  const whole = (): Float32Array<ArrayBuffer> =>
    isContiguous(shape, strides) ? values() : gather(values(), shape, strides);
  const perRow = countOf(shape.slice(1));
  return {
    shape,
    read: () => Promise.resolve(whole()),
    rows: (from, to) => Promise.resolve(whole().slice(from * perRow, to * perRow)),
  };
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 32 &&
    value.every((side) => Number.isSafeInteger(side) && side >= 0);
}

/** Whether a value is a permutation of axes. */
function isOrder(value: unknown, count: number): value is number[] {
  return isShape(value) && value.length === count &&
    value.toSorted((a, b) => a - b).every((axis, index) => axis === index);
}

/** Bytes as protocols 3 and later have them, or text of Latin-1 with its encoder, or Python 2's strings. */
function bytesIn(content: unknown): Uint8Array | undefined {
  if (content instanceof Uint8Array) return content;
  const isEncoded = content instanceof PickledObject && content.type instanceof PickledName &&
    content.type.name === "encode";
  const text = isEncoded ? content.args[0] : content;
  return typeof text === "string"
    ? Uint8Array.from(text, (letter) => letter.charCodeAt(0))
    : undefined;
}
