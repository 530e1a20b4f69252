import { OptionError } from "./errors.ts";

/**
 * Checks that a setting is a whole number above 0.
 *
 * @param what The setting's name, with which the error begins.
 * @throws {OptionError} If it is not.
 */
export function requirePositiveInteger(what: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new OptionError(`${what} must be a whole number above 0. Received: ${value}`);
}
