/** Training cannot continue; the message says why and what to try. */
export class TrainingError extends Error {
  /** `TrainingError`. */
  override readonly name = "TrainingError";
}
