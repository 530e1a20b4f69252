/**
 * Node's `util` for tfjs-node's modules, which call functions that Node 24 no longer has.
 *
 * @module
 */

export * from "node:util";
export const { isArray } = Array;

/** Whether there is no value. */
export function isNullOrUndefined(value: unknown): boolean {
  return value === null || value === undefined;
}
