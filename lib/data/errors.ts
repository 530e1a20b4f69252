import { oneLine } from "../display/one_line.ts";

/** A data set that is missing, incomplete or in an unknown layout; the message is one line for the user. */
export class DataError extends Error {
  override readonly name: string = "DataError";

  constructor(message: string) {
    super(oneLine(message));
  }
}
