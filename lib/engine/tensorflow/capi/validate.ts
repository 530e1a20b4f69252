import { DataType, TensorFlowError } from "./c_api.ts";

// TensorFlow ends the process for some invalid values, so every value from JavaScript is validated here
// first.

const invalidArgument = 3;
/** `TensorShape::MaxDimensions`. */
const maxRank = 254;
/**
 * The largest number of elements, and the largest product of all dimensions that are not 0: exact in a
 * number, and far below the limit of an int64.
 */
const maxElements = Number.MAX_SAFE_INTEGER;
/** The largest side, an int32: many ops take sizes only so, and a larger one would wrap around. */
const maxSide = 2 ** 31 - 1;
/** The maximum number of results of an op. */
const maxOutputs = 2 ** 16;

const types: readonly unknown[] = Object.values(DataType);

/**
 * The number of elements in a tensor of a shape.
 *
 * @throws {TensorFlowError} If no tensor can have the shape.
 */
export function elementCount(shape: readonly number[]): number {
  requireShape(shape, 0);
  const product = shape.reduce((product, length) => product * Math.max(1, length), 1);
  if (product > maxElements) throw refused(`no tensor is as large as [${shape}]`);
  return shape.includes(0) ? 0 : product;
}

/**
 * @param min The smallest dimension; -1 stands for an unknown one.
 * @throws {TensorFlowError} If `shape` is not a shape.
 */
export function requireShape(shape: readonly number[], min: 0 | -1): void {
  const isShape = Array.isArray(shape) && shape.length <= maxRank;
  const isSide = (length: number): boolean =>
    Number.isInteger(length) && length >= min && length <= maxSide;
  if (!isShape || !shape.every(isSide)) {
    throw refused(
      `a shape is a list of at most ${maxRank} integers from ${min} to ${maxSide}. ` +
        `Received: ${shown(shape)}`,
    );
  }
}

/** @throws {TensorFlowError} If `type` is not a {@linkcode DataType}. */
export function requireType(type: unknown): number {
  if (types.includes(type)) return type as number;
  throw refused(`a TF_DataType is one of ${types.join(", ")}. Received: ${shown(type)}`);
}

/**
 * Converts a number to an int64 attribute, truncated as in tfjs-node's addon.
 *
 * @throws {TensorFlowError} If the number is too large to be exact, or not finite.
 */
export function integerOf(value: number): bigint {
  const truncated = Math.trunc(value);
  if (Number.isSafeInteger(truncated)) return BigInt(truncated);
  throw refused(`an integer must be exact. Received: ${value}`);
}

/** @throws {TensorFlowError} If no op has this number of results. */
export function requireOutputs(count: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= maxOutputs) return;
  throw refused(`an op has from 0 to ${maxOutputs} results. Received: ${shown(count)}`);
}

/**
 * TensorFlow reads the type of a list from its first tensor without checking that there is one.
 *
 * @throws {TensorFlowError} If the list is empty.
 */
export function requireItems(op: string, argument: string, items: readonly unknown[]): void {
  if (items.length > 0) return;
  throw refused(`${op} takes at least one tensor as ${argument}. Received: none`);
}

/** @throws {TensorFlowError} If not all values are strings or bytes. */
export function requireStrings(values: unknown): asserts values is (Uint8Array | string)[] {
  const isText = (value: unknown): boolean =>
    typeof value === "string" || value instanceof Uint8Array;
  if (Array.isArray(values) && values.every(isText)) return;
  throw refused("a tensor of strings takes a list of strings or bytes");
}

function refused(message: string): TensorFlowError {
  return new TensorFlowError(invalidArgument, message);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 200);
}
