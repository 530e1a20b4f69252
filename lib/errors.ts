/**
 * A value that the user gave and that is not allowed; the message is one line that names it and what is
 * allowed. The runtime's own `RangeError`s, such as that of a stack overflow, are of no such class.
 */
export class OptionError extends RangeError {
  /** `OptionError`. */
  override readonly name = "OptionError";
}
