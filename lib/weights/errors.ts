import { oneLine } from "../display/format.ts";

/** The error for a weights file that is damaged, hostile or of another net; its message is one line for the user. */
export class WeightsError extends Error {
  override readonly name: string = "WeightsError";

  constructor(message: string) {
    super(oneLine(message));
  }
}
