/** An engine ran out of memory. */
export class OutOfMemoryError extends Error {
  override readonly name = "OutOfMemoryError";
}
