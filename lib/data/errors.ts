import { oneLine } from "../display/format.ts";

/** The error for a data set that is missing, incomplete or in an unknown layout; its message is one line. */
export class DataError extends Error {
  override readonly name: string = "DataError";

  constructor(message: string) {
    super(oneLine(message));
  }
}
