/**
 * Makes sure that a setting is a whole number above 0.
 *
 * @param what The setting's name, which the error begins with.
 * @throws {RangeError} Where it is not.
 */
export function requirePositiveInteger(what: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new RangeError(`${what} must be a whole number above 0. Received: ${value}`);
}
