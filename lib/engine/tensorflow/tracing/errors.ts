/** A function cannot be compiled; the message names what is in the way. */
export class CompileError extends Error {
  override readonly name = "CompileError";
}
