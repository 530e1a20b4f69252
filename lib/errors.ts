import { oneLine } from "./display/format.ts";

/**
 * A value that the user gave and that is not allowed; the message is one line that names it and what is
 * allowed. The runtime's own `RangeError`s, such as that of a stack overflow, are of no such class.
 */
export class OptionError extends RangeError {
  /** `OptionError`. */
  override readonly name = "OptionError";

  /** Makes an error whose message is brought to one line. */
  constructor(message: string) {
    super(oneLine(message));
  }
}

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
