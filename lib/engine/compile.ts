import { tf } from "./tf.ts";

/** In what a compiled function computes: bfloat16 keeps its inputs, its results and all variables in float32. */
export type Precision = "float32" | "bfloat16";

/** How {@linkcode compileModule} works. */
export interface CompileOptions {
  /** Default `float32`; engines that do not compile have no other. */
  readonly precision?: Precision;
}

/** What a function to be compiled may give. */
export type CompiledResult = tf.Tensor | tf.Tensor[] | tf.NamedTensorMap;

/** A function of tensors that runs as a whole. Its results are the caller's to dispose of. */
export interface Compiled<Args extends readonly tf.Tensor[], Result extends CompiledResult> {
  (...args: Args): Result;
  /** The same on another thread, where the engine has one: the event loop goes on meanwhile. */
  callAsync(...args: Args): Promise<Result>;
  /** Frees what was compiled. */
  dispose(): void;
}

/** What an engine that can compile makes of a function. */
export type Compiler = <Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  fn: (...args: Args) => Result,
  options: Required<CompileOptions>,
) => Compiled<Args, Result>;

const compilers = new Map<string, Compiler>();

/** Says how functions are compiled on a backend of TensorFlow.js. */
export function setCompiler(backendName: string, compiler: Compiler): void {
  compilers.set(backendName, compiler);
}

/**
 * Compiles a function of tensors: what it computes, assignments to variables included, is recorded in
 * its first call and then runs as one operation. Other shapes or types of arguments are recorded anew.
 * Engines that do not compile run the function itself. The engine must be ready.
 *
 * All that changes from call to call must be an argument or a variable: a learning rate, a random
 * seed. Numbers that JavaScript changes are found in the second call, and from time to time later;
 * other tensors from outside are taken to stay what they are. Variables must be made before.
 *
 * @throws {RangeError} Where the engine does not compute in the precision. What it returns throws
 *   `CompileError` for a function that cannot be recorded: one that reads values, makes variables,
 *   keeps tensors, calls another compiled function, or does other things each time.
 *
 * @example
 * ```ts
 * import { compile, tf } from "vgg";
 * await tf.setBackend("cpu");
 * const total = tf.variable(tf.scalar(0));
 * const add = compile((x: tf.Tensor) => {
 *   total.assign(total.add(x.sum()));
 *   return total.mul(2);
 * });
 * add(tf.tensor1d([1, 2, 3])).print(); // 12
 * ```
 */
export function compile<Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  fn: (...args: Args) => Result,
  { precision = "float32" }: CompileOptions = {},
): Compiled<Args, Result> {
  const compiler = compilers.get(tf.getBackend());
  if (compiler) return compiler(fn, { precision });
  if (precision !== "float32") {
    throw new RangeError(
      `the engine ${tf.getBackend()} computes in float32. Received: ${precision}`,
    );
  }
  const run = (...args: Args): Result => tf.tidy(() => fn(...args));
  return Object.assign(run, {
    callAsync: (...args: Args) => Promise.resolve(run(...args)),
    dispose: () => {},
  });
}
