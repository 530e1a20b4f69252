/** An engine ran out of memory. */
export class OutOfMemoryError extends Error {
  /** `OutOfMemoryError`. */
  override readonly name = "OutOfMemoryError";
}

/** TensorFlow's library cannot be used here; the message says why in one line. */
export class LibraryError extends Error {
  /** `LibraryError`. */
  override readonly name = "LibraryError";
}

/** A function cannot be compiled; the message names the reason. */
export class CompileError extends Error {
  /** `CompileError`. */
  override readonly name = "CompileError";
}
