/** TensorFlow's library cannot be used here; the message says why in one line. */
export class LibraryError extends Error {
  override readonly name = "LibraryError";
}
