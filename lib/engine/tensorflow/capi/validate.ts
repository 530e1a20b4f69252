import { DataType, TensorFlowError } from "./c_api.ts";

// TensorFlow ends the process for some values that no caller of its own would pass: nothing
// JavaScript may say reaches it before it is looked at here.

const invalidArgument = 3;
/** `TensorShape::MaxDimensions`. */
const maxRank = 254;
/** Elements, and the product of all sides that are not 0, stay exact and far from an int64's end. */
const mostElements = Number.MAX_SAFE_INTEGER;
/** No op has as many results. */
const mostOutputs = 2 ** 16;

const types: readonly unknown[] = Object.values(DataType);

/**
 * How many elements a tensor of a shape has.
 *
 * @throws {TensorFlowError} Where no tensor has the shape.
 */
export function elementCount(shape: readonly number[]): number {
  requireShape(shape, 0);
  const whole = shape.reduce((product, side) => product * Math.max(1, side), 1);
  if (whole > mostElements) throw refused(`no tensor is as large as [${shape}]`);
  return shape.includes(0) ? 0 : whole;
}

/** @param least Of the sides: -1 stands for one that is unknown. */
export function requireShape(shape: readonly number[], least: 0 | -1): void {
  const isShape = Array.isArray(shape) && shape.length <= maxRank;
  if (!isShape || !shape.every((side) => Number.isSafeInteger(side) && side >= least)) {
    throw refused(
      `a shape is a list of at most ${maxRank} whole numbers from ${least}. Received: ${
        shown(shape)
      }`,
    );
  }
}

/** @throws {TensorFlowError} Where a number is none of TensorFlow's types that this engine knows. */
export function requireType(type: unknown): number {
  if (types.includes(type)) return type as number;
  throw refused(`a TF_DataType is one of ${types.join(", ")}. Received: ${shown(type)}`);
}

/** A number, cut as tfjs-node's addon does, for an attribute that is an int64. */
export function integerOf(value: number): bigint {
  const cut = Math.trunc(value);
  if (Number.isSafeInteger(cut)) return BigInt(cut);
  throw refused(`an integer must be exact. Received: ${value}`);
}

/** @throws {TensorFlowError} For a number of results that no op has. */
export function requireOutputs(count: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= mostOutputs) return;
  throw refused(`an op has from 0 to ${mostOutputs} results. Received: ${shown(count)}`);
}

/**
 * TensorFlow reads the type of such a list from its first tensor, without a look at how many there are.
 *
 * @throws {TensorFlowError} Where there is none.
 */
export function requireItems(op: string, argument: string, items: readonly unknown[]): void {
  if (items.length > 0) return;
  throw refused(`${op} takes at least one tensor as ${argument}. Received: none`);
}

/** @throws {TensorFlowError} Unless all are strings or bytes. */
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
