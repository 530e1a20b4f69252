import { OptionError } from "../errors.ts";
import { tf } from "./tf.ts";

/**
 * The precision in which a compiled function computes. With bfloat16 its inputs, its results and all
 * variables stay in float32.
 */
export type Precision = "float32" | "bfloat16";

/** How {@linkcode compile} works. */
export interface CompileOptions {
  /** Default `float32`, which is the only one of engines that do not compile. */
  readonly precision?: Precision;
  /**
   * Whether the function only predicts, again and again with the same variables. What it computes of them
   * alone is then computed once and kept until one of them changes: filters that are transformed for a faster
   * algorithm, batch normalization as part of the filters before it, casts of large dense layers to
   * bfloat16. This may take as much memory as the variables, or twice as much. Default: no.
   */
  readonly inference?: boolean;
}

/** What a function must return to be compiled. */
export type CompiledResult = tf.Tensor | tf.Tensor[] | tf.NamedTensorMap;

/** A compiled function of tensors. The caller disposes of its results. */
export interface Compiled<Args extends readonly tf.Tensor[], Result extends CompiledResult> {
  (...args: Args): Result;
  /**
   * Like calling the function, but asynchronous: it runs off the main thread if the engine can do that.
   * Calls that write variables which other running calls use wait for these, in the order of the calls;
   * a synchronous call throws in that case.
   */
  callAsync(...args: Args): Promise<Result>;
  /** Frees what was compiled. The function cannot be called afterwards. */
  dispose(): void;
}

/** Compiles a function on a backend. */
export type Compiler = <Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  fn: (...args: Args) => Result,
  options: Required<CompileOptions>,
) => Compiled<Args, Result>;

const compilers = new Map<string, Compiler>();

/** Sets the compiler of a TensorFlow.js backend. */
export function setCompiler(backendName: string, compiler: Compiler): void {
  compilers.set(backendName, compiler);
}

/**
 * Compiles a function of tensors. Its first call traces what it computes, assignments to variables
 * included; that then runs as one operation. Arguments of other shapes or dtypes are traced again; a
 * function that keeps retracing is slow, which a message reports once. Engines that do not compile run
 * the function itself. An engine must have been started.
 *
 * Everything that changes from call to call must be an argument or a variable: a learning rate, a random
 * seed. A number that JavaScript changes is detected at call 2, 8, 32 … when the function runs once more
 * for comparison, with its side effects. Other tensors that it uses must not change. It cannot make
 * variables, so make them before its first call.
 *
 * @throws {OptionError} If the engine does not compute in the precision. The returned function throws
 *   `CompileError` if the function cannot be traced: it reads values, makes variables, keeps tensors,
 *   calls another compiled function, or does something else in each call.
 *
 * @example
 * ```ts
 * import { compile } from "./compile.ts";
 * import { tf } from "./tf.ts";
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
  { precision = "float32", inference = false }: CompileOptions = {},
): Compiled<Args, Result> {
  const compiler = compilers.get(tf.getBackend());
  if (compiler) return compiler(fn, { precision, inference });
  if (precision !== "float32") {
    throw new OptionError(
      `the engine ${tf.getBackend()} computes in float32. Received: ${precision}`,
    );
  }
  return uncompiled(fn);
}

/** The function itself in the shape of a compiled one: each call runs it in `tf.tidy`. */
export function uncompiled<Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  fn: (...args: Args) => Result,
): Compiled<Args, Result> {
  const run = (...args: Args): Result => tf.tidy(() => fn(...args));
  return Object.assign(run, {
    callAsync: (...args: Args) => Promise.resolve(run(...args)),
    dispose: () => {},
  });
}
