/**
 * The life cycle of a compiled function:
 *
 * 1. The first call with arguments of given shapes and dtypes *traces* the user's function: it runs on
 *    placeholders, computes nothing, and what it does becomes a function of TensorFlow's context (see
 *    `trace.ts`), which the call then runs.
 * 2. Later calls with the same shapes and dtypes *replay* that TensorFlow function. The user's function
 *    does not run, and neither do its side effects.
 * 3. Calls 2, 8, 32, 128 … of a trace *verify* it first: the user's function runs again on placeholders,
 *    and what it does is compared with the trace. A constant or a path that changed throws a
 *    `CompileError` that shows both. Verifying costs as much as tracing, hence the growing intervals.
 * 4. New shapes or dtypes *retrace*. So does a captured tensor or a variable that was disposed of or
 *    replaced by another one. The traces of other shapes stay. A function that keeps retracing is
 *    reported once, after `maxRetraces` retraces.
 * 5. `dispose()` removes all traces; calls that are still running finish first.
 *
 * Asynchronous calls that use the same variables run one after the other, in the order of the calls, if
 * one of them writes there (see `running_calls.ts`).
 *
 * @module
 */

import type { Pointer } from "../../../open_library.ts";
import type { Compiled, CompiledResult, CompileOptions } from "../../compile.ts";
import { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import { tensorId, tensorOf } from "../tfjs_node_internals.ts";
import type { ResourceVariables } from "./resource_variables.ts";
import { type RunningCalls, type VariableUse, variableUse } from "./running_calls.ts";
import { trace, type TracedFunction } from "./trace.ts";
import { RetraceRequired } from "./trace_log.ts";

type Handle = Pointer;

/** The engine that compiled functions run on. */
export interface Runtime {
  readonly binding: Binding;
  readonly resources: ResourceVariables;
  readonly running: RunningCalls;
  /** Gets warnings, one line each. */
  readonly warn: (line: string) => void;
}

/** A traced function and how often it was called. */
interface CompiledTrace<Result extends CompiledResult> extends TracedFunction<Result> {
  readonly use: VariableUse;
  calls: number;
  /** Asynchronous calls that have not ended. */
  running: number;
  /** Whether to remove it from the context when its last running call ends. */
  isStale: boolean;
}

/** Retraces of one function before a warning. */
const maxRetraces = 5;

let count = 0;

/** Compiles a function for TensorFlow; see `compile()` in lib/engine/compile.ts. */
export function compileFunction<Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  runtime: Runtime,
  fn: (...args: Args) => Result,
  options: Required<CompileOptions>,
): Compiled<Args, Result> {
  const compiled = new CompiledFunction(runtime, fn, options);
  // In callAsync() this must throw at once: the function being traced might ignore a rejected promise.
  const refuseNested = (): void => runtime.binding.tracer?.refuseCompiled(nameOf(fn));
  const run = (...args: Args): Result => {
    refuseNested();
    requireTensors(args);
    return compiled.run(args);
  };
  return Object.assign(run, {
    callAsync: (...args: Args) => {
      refuseNested();
      requireTensors(args);
      return compiled.runAsync(args);
    },
    dispose: () => compiled.dispose(),
  });
}

function nameOf({ name }: { readonly name: string }): string {
  return name || "a function without a name";
}

/** @throws {TypeError} If an argument is no tensor, as JavaScript allows; {Error} if it was disposed of. */
function requireTensors(args: readonly unknown[]): void {
  for (const [index, arg] of args.entries()) {
    const place = `argument ${index + 1} of a compiled function`;
    if (!(arg instanceof tf.Tensor)) {
      throw new TypeError(`${place} must be a tensor. Received: ${String(arg).slice(0, 100)}`);
    }
    if (arg.isDisposed) throw new Error(`${place} was disposed of`);
  }
}

/** True for calls 2, 8, 32, 128 … */
function shouldVerify(call: number): boolean {
  return Number.isInteger(Math.log2(call / 2) / 2);
}

class CompiledFunction<Args extends readonly tf.Tensor[], Result extends CompiledResult> {
  readonly #runtime: Runtime;
  readonly #binding: Binding;
  readonly #resources: ResourceVariables;
  readonly #backend = tf.getBackend();
  readonly #fn: (...args: Args) => Result;
  readonly #options: Required<CompileOptions>;
  /** By the dtypes and shapes of the arguments. */
  readonly #traces = new Map<string, CompiledTrace<Result>>();
  #traceCount = 0;
  #disposed = false;

  constructor(runtime: Runtime, fn: (...args: Args) => Result, options: Required<CompileOptions>) {
    this.#runtime = runtime;
    this.#binding = runtime.binding;
    this.#resources = runtime.resources;
    this.#fn = fn;
    this.#options = options;
  }

  run(args: Args): Result {
    const traced = this.#prepare(args);
    if (this.#runtime.running.mustWait(traced.use)) {
      throw new Error(
        `${
          nameOf(this.#fn)
        } was called while an asynchronous call that uses the same variables is ` +
          "running: await that call first",
      );
    }
    const inputs = this.#inputs(traced, args);
    const { name, written, structure } = traced;
    this.#resources.dropKept(written);
    try {
      const outputs = this.#binding.context.runFunction(name, inputs, structure.count);
      return this.#wrapOutputs(traced, outputs);
    } finally {
      this.#resources.dropKept(written);
    }
  }

  async runAsync(args: Args): Promise<Result> {
    const traced = this.#prepare(args);
    traced.running += 1;
    // The call may have to wait, and the caller may dispose of the arguments meanwhile.
    const kept = args.map((tensor) => tf.keep(tensor.clone()));
    try {
      return await this.#runtime.running.run(traced.use, () => this.#execute(traced, kept));
    } finally {
      tf.dispose(kept);
      traced.running -= 1;
      if (traced.isStale) this.#remove(traced);
    }
  }

  async #execute(traced: CompiledTrace<Result>, args: readonly tf.Tensor[]): Promise<Result> {
    const inputs = this.#inputs(traced, args);
    const { name, written, structure } = traced;
    this.#resources.dropKept(written);
    try {
      const { context } = this.#binding;
      const outputs = await context.runFunctionAsync(name, inputs, structure.count);
      return this.#wrapOutputs(traced, outputs);
    } finally {
      this.#resources.dropKept(written);
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const traced of this.#traces.values()) this.#remove(traced);
    this.#traces.clear();
  }

  /** The trace for these arguments, made or verified where that is due. */
  #prepare(args: Args): CompiledTrace<Result> {
    if (this.#disposed) throw new Error("a compiled function was disposed of and cannot be called");
    if (tf.getBackend() !== this.#backend) {
      throw new Error(
        `a function compiled by ${this.#backend} cannot be called while ${tf.getBackend()} computes`,
      );
    }
    const signature = args.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
    const known = this.#traces.get(signature);
    const traced = known && this.#inputsAlive(known) && this.#verify(known, args)
      ? known
      : this.#trace(signature, args);
    traced.calls += 1;
    return traced;
  }

  #trace(signature: string, args: Args): CompiledTrace<Result> {
    const stale = this.#traces.get(signature);
    if (stale) this.#remove(stale);
    this.#traces.delete(signature);
    const name = `compiled_function_${count++}`;
    this.#splitVariables();
    const definition = trace(this.#binding, this.#fn, args, { ...this.#options, name });
    const traced = {
      ...definition,
      use: variableUse(definition),
      calls: 0,
      running: 0,
      isStale: false,
    };
    this.#traces.set(signature, traced);
    if (this.#traceCount++ === maxRetraces) this.#warnOfRetraces(signature);
    return traced;
  }

  #warnOfRetraces(signature: string): void {
    this.#runtime.warn(
      `compile() has retraced ${
        nameOf(this.#fn)
      } ${maxRetraces} times, which is slow: call it with ` +
        "few different shapes, and pass tensors that are replaced as arguments. " +
        `Received at last: ${signature || "no arguments"}`,
    );
  }

  /** Gives every variable a tensor of its own: a trace tells variables apart by their tensors. */
  #splitVariables(): void {
    for (const variable of Object.values(tf.engine().registeredVariables)) {
      this.#resources.handle(variable);
    }
  }

  /** Whether no captured tensor and no variable of a trace was disposed of. */
  #inputsAlive({ sources }: CompiledTrace<Result>): boolean {
    return sources.every((source) => {
      if (source.kind === "capture") return this.#binding.tensors.has(source.id);
      return source.kind === "kept" || !source.variable.isDisposed;
    });
  }

  /**
   * Whether the function still does what was traced; checked only where verification is due.
   *
   * @throws {CompileError} If a constant or the path through the function changed.
   */
  #verify({ calls, log: expected, name }: CompiledTrace<Result>, args: Args): boolean {
    if (!shouldVerify(calls + 1)) return true;
    this.#splitVariables();
    try {
      trace(this.#binding, this.#fn, args, { ...this.#options, name, expected });
      return true;
    } catch (error) {
      if (error instanceof RetraceRequired) return false;
      throw error;
    }
  }

  #inputs({ sources }: CompiledTrace<Result>, args: readonly tf.Tensor[]): Handle[] {
    const { tensors } = this.#binding;
    const captured = sources.map((source) => {
      if (source.kind === "capture") return tensors.get(source.id);
      if (source.kind === "kept") return this.#resources.kept(source.value);
      return source.kind === "variable"
        ? this.#resources.handle(source.variable)
        : this.#resources.reduced(source.variable);
    });
    return [...args.map((tensor) => tensors.get(tensorId(tensor))), ...captured];
  }

  #wrapOutputs({ structure }: CompiledTrace<Result>, handles: Handle[]): Result {
    return structure.restore(handles.map((handle) => tensorOf(this.#binding.adopt(handle))));
  }

  /** Removes a trace's function from the context, at once or when its last running call has ended. */
  #remove(traced: CompiledTrace<Result>): void {
    traced.isStale = true;
    if (traced.running === 0) this.#binding.context.removeFunction(traced.name);
  }
}
