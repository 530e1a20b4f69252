/** An engine asked for memory that is not there. */
export class OutOfMemoryError extends Error {
  override readonly name = "OutOfMemoryError";
}
