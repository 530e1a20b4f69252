import { oneLine } from "../display/one_line.ts";

/** The error for a data set that is missing, incomplete or in an unknown layout; its message is one line. */
export class DataError extends Error {
  /** `DataError`. */
  override readonly name: string = "DataError";

  /** Takes a message, which becomes one line. */
  constructor(message: string) {
    super(oneLine(message));
  }
}
