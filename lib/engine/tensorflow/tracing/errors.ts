/** A function cannot be compiled; the message names the reason. */
export class CompileError extends Error {
  override readonly name = "CompileError";
}
