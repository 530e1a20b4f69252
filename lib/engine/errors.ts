/** An engine ran out of memory. */
export class OutOfMemoryError extends Error {
  /** `OutOfMemoryError`. */
  override readonly name = "OutOfMemoryError";
}
