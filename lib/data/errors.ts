import { oneLine } from "../display/format.ts";

/** The error for a data set that is missing, incomplete or in an unknown layout; its message is one line. */
export class DataError extends Error {
  /** The name of the class. */
  override readonly name: string = "DataError";

  /** Makes an error whose message is brought to one line. */
  constructor(message: string) {
    super(oneLine(message));
  }
}
