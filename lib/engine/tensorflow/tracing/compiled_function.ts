import type { Compiled, CompiledResult, CompileOptions } from "../../compile.ts";
import { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import { tensorId, tensorOf } from "../tfjs_node_internals.ts";
import { RetraceRequired } from "./trace_log.ts";
import { type Definition, trace } from "./trace.ts";
import type { ResourceVariables } from "./resource_variables.ts";

type Handle = Deno.PointerObject;

/** A definition and how often it was called. */
interface CompiledTrace<Result extends CompiledResult> extends Definition<Result> {
  calls: number;
  /** Calls that run aside at this moment. */
  running: number;
  /** Whether it is to be taken out of the context once nobody runs it. */
  isOld: boolean;
}

let count = 0;

/** Compiles a function for TensorFlow; see `compileModule` in lib/engine/compile.ts. */
export function compileFunction<Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  machine: { readonly binding: Binding; readonly resources: ResourceVariables },
  fn: (...args: Args) => Result,
  options: Required<CompileOptions>,
): Compiled<Args, Result> {
  const compiled = new CompiledFunction(machine, fn, options);
  // Before any promise: nobody may look at one that is made while another function is recorded.
  const refuseNested = (): void => machine.binding.tracer?.refuseCompiled(fn.name);
  const run = (...args: Args): Result => {
    refuseNested();
    return compiled.run(args);
  };
  return Object.assign(run, {
    callAsync: (...args: Args) => {
      refuseNested();
      return compiled.runAsync(args);
    },
    dispose: () => compiled.dispose(),
  });
}

/** In the second call, and then each time after four times as many: looking costs as much as recording. */
function shouldVerify(call: number): boolean {
  return Number.isInteger(Math.log2(call / 2) / 2);
}

class CompiledFunction<Args extends readonly tf.Tensor[], Result extends CompiledResult> {
  readonly #binding: Binding;
  readonly #resources: ResourceVariables;
  readonly #backend = tf.getBackend();
  readonly #fn: (...args: Args) => Result;
  readonly #options: Required<CompileOptions>;
  /** By the arguments' types and shapes. */
  readonly #traces = new Map<string, CompiledTrace<Result>>();
  #disposed = false;

  constructor(
    { binding, resources }: { readonly binding: Binding; readonly resources: ResourceVariables },
    fn: (...args: Args) => Result,
    options: Required<CompileOptions>,
  ) {
    this.#binding = binding;
    this.#resources = resources;
    this.#fn = fn;
    this.#options = options;
  }

  run(args: Args): Result {
    const recorded = this.#prepare(args);
    const inputs = this.#inputs(recorded, args);
    this.#resources.dropReduced(recorded.written);
    try {
      const { name, layout } = recorded;
      return this.#wrapOutputs(
        recorded,
        this.#binding.context.runFunction(name, inputs, layout.count),
      );
    } finally {
      this.#resources.dropReduced(recorded.written);
    }
  }

  async runAsync(args: Args): Promise<Result> {
    const recorded = this.#prepare(args);
    const inputs = this.#inputs(recorded, args);
    recorded.running += 1;
    this.#resources.dropReduced(recorded.written);
    try {
      const { name, layout } = recorded;
      const { context: ops } = this.#binding;
      return this.#wrapOutputs(recorded, await ops.runFunctionAsync(name, inputs, layout.count));
    } finally {
      this.#resources.dropReduced(recorded.written);
      recorded.running -= 1;
      if (recorded.isOld) this.#remove(recorded);
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const recorded of this.#traces.values()) this.#remove(recorded);
    this.#traces.clear();
  }

  /** What a call of these arguments runs, looked over from time to time. */
  #prepare(args: Args): CompiledTrace<Result> {
    if (this.#disposed) throw new Error("a compiled function was disposed of and cannot be called");
    if (tf.getBackend() !== this.#backend) {
      throw new Error(
        `a function that ${this.#backend} compiled cannot be called while ${tf.getBackend()} computes`,
      );
    }
    const signature = args.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
    const known = this.#traces.get(signature);
    const recorded = known && this.#inputsAlive(known) && this.#verify(known, args)
      ? known
      : this.#trace(signature, args);
    recorded.calls += 1;
    return recorded;
  }

  #trace(signature: string, args: Args): CompiledTrace<Result> {
    const old = this.#traces.get(signature);
    if (old) this.#remove(old);
    this.#traces.delete(signature);
    const name = `vgg_function_${count++}`;
    const { precision } = this.#options;
    this.#splitVariables();
    const definition = trace(this.#binding, this.#fn, args, { precision, name });
    const recorded = { ...definition, calls: 0, running: 0, isOld: false };
    this.#traces.set(signature, recorded);
    return recorded;
  }

  /** Gives every variable a tensor of its own: a recording knows them by their tensors. */
  #splitVariables(): void {
    for (const variable of Object.values(tf.engine().registeredVariables)) {
      this.#resources.handle(variable);
    }
  }

  /** Whether all that it takes from outside is still there. */
  #inputsAlive({ sources }: CompiledTrace<Result>): boolean {
    return sources.every((source) =>
      source.kind === "capture" ? this.#binding.tensors.has(source.id) : !source.variable.isDisposed
    );
  }

  /** Whether the function still does what was recorded, where it is time to look. */
  #verify({ calls, log: expected, name }: CompiledTrace<Result>, args: Args): boolean {
    if (!shouldVerify(calls + 1)) return true;
    const { precision } = this.#options;
    this.#splitVariables();
    try {
      trace(this.#binding, this.#fn, args, { precision, name, expected });
      return true;
    } catch (error) {
      if (error instanceof RetraceRequired) return false;
      throw error;
    }
  }

  #inputs({ sources }: CompiledTrace<Result>, args: Args): Handle[] {
    const { tensors } = this.#binding;
    const outside = sources.map((source) => {
      if (source.kind === "capture") return tensors.get(source.id);
      return source.kind === "variable"
        ? this.#resources.handle(source.variable)
        : this.#resources.reduced(source.variable);
    });
    return [...args.map((tensor) => tensors.get(tensorId(tensor))), ...outside];
  }

  #wrapOutputs({ layout }: CompiledTrace<Result>, handles: Handle[]): Result {
    return layout.restore(handles.map((handle) => tensorOf(this.#binding.adopt(handle))));
  }

  /** Takes a definition out of the context, at once or when its last call has ended. */
  #remove(recorded: CompiledTrace<Result>): void {
    recorded.isOld = true;
    if (recorded.running === 0) this.#binding.context.removeFunction(recorded.name);
  }
}
