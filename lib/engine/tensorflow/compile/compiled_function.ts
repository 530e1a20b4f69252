import type { Compiled, CompileOptions, Results } from "../../compile.ts";
import { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import { tensorId, tensorOf } from "../backend_internals.ts";
import { StaleRecording } from "./journal.ts";
import { type Definition, record } from "./record.ts";
import type { Resources } from "./resources.ts";

type Handle = Deno.PointerObject;

/** A definition and how often it was called. */
interface Recorded<Result extends Results> extends Definition<Result> {
  calls: number;
  /** Calls that run aside at this moment. */
  running: number;
  /** Whether it is to be taken out of the context once nobody runs it. */
  isOld: boolean;
}

let count = 0;

/** Compiles a function for TensorFlow; see `compile` in lib/engine/compile.ts. */
export function compileFunction<Args extends readonly tf.Tensor[], Result extends Results>(
  machine: { readonly binding: Binding; readonly resources: Resources },
  fn: (...args: Args) => Result,
  options: Required<CompileOptions>,
): Compiled<Args, Result> {
  const compiled = new CompiledFunction(machine, fn, options);
  // Before any promise: nobody may look at one that is made while another function is recorded.
  const refuseNested = (): void => machine.binding.recorder?.refuseCompiled(fn.name);
  const run = (...args: Args): Result => {
    refuseNested();
    return compiled.run(args);
  };
  return Object.assign(run, {
    aside: (...args: Args) => {
      refuseNested();
      return compiled.runAside(args);
    },
    dispose: () => compiled.dispose(),
  });
}

/** In the second call, and then each time after four times as many: looking costs as much as recording. */
function isTimeToLook(call: number): boolean {
  return Number.isInteger(Math.log2(call / 2) / 2);
}

class CompiledFunction<Args extends readonly tf.Tensor[], Result extends Results> {
  readonly #binding: Binding;
  readonly #resources: Resources;
  readonly #backend = tf.getBackend();
  readonly #fn: (...args: Args) => Result;
  readonly #options: Required<CompileOptions>;
  /** By the arguments' types and shapes. */
  readonly #recorded = new Map<string, Recorded<Result>>();
  #disposed = false;

  constructor(
    { binding, resources }: { readonly binding: Binding; readonly resources: Resources },
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
      return this.#adopt(recorded, this.#binding.ops.runFunction(name, inputs, layout.count));
    } finally {
      this.#resources.dropReduced(recorded.written);
    }
  }

  async runAside(args: Args): Promise<Result> {
    const recorded = this.#prepare(args);
    const inputs = this.#inputs(recorded, args);
    recorded.running += 1;
    this.#resources.dropReduced(recorded.written);
    try {
      const { name, layout } = recorded;
      const { ops } = this.#binding;
      return this.#adopt(recorded, await ops.runFunctionAside(name, inputs, layout.count));
    } finally {
      this.#resources.dropReduced(recorded.written);
      recorded.running -= 1;
      if (recorded.isOld) this.#remove(recorded);
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const recorded of this.#recorded.values()) this.#remove(recorded);
    this.#recorded.clear();
  }

  /** What a call of these arguments runs, looked over from time to time. */
  #prepare(args: Args): Recorded<Result> {
    if (this.#disposed) throw new Error("a compiled function was disposed of and cannot be called");
    if (tf.getBackend() !== this.#backend) {
      throw new Error(
        `a function that ${this.#backend} compiled cannot be called while ${tf.getBackend()} computes`,
      );
    }
    const signature = args.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
    const known = this.#recorded.get(signature);
    const recorded = known && this.#isComplete(known) && this.#isTrue(known, args)
      ? known
      : this.#record(signature, args);
    recorded.calls += 1;
    return recorded;
  }

  #record(signature: string, args: Args): Recorded<Result> {
    const old = this.#recorded.get(signature);
    if (old) this.#remove(old);
    this.#recorded.delete(signature);
    const name = `vgg_function_${count++}`;
    const { precision } = this.#options;
    this.#separate();
    const definition = record(this.#binding, this.#fn, args, { precision, name });
    const recorded = { ...definition, calls: 0, running: 0, isOld: false };
    this.#recorded.set(signature, recorded);
    return recorded;
  }

  /** Gives every variable a tensor of its own: a recording knows them by their tensors. */
  #separate(): void {
    for (const variable of Object.values(tf.engine().registeredVariables)) {
      this.#resources.handle(variable);
    }
  }

  /** Whether all that it takes from outside is still there. */
  #isComplete({ sources }: Recorded<Result>): boolean {
    return sources.every((source) =>
      source.kind === "capture" ? this.#binding.tensors.has(source.id) : !source.variable.isDisposed
    );
  }

  /** Whether the function still does what was recorded, where it is time to look. */
  #isTrue({ calls, journal: expected, name }: Recorded<Result>, args: Args): boolean {
    if (!isTimeToLook(calls + 1)) return true;
    const { precision } = this.#options;
    this.#separate();
    try {
      record(this.#binding, this.#fn, args, { precision, name, expected });
      return true;
    } catch (error) {
      if (error instanceof StaleRecording) return false;
      throw error;
    }
  }

  #inputs({ sources }: Recorded<Result>, args: Args): Handle[] {
    const { tensors } = this.#binding;
    const outside = sources.map((source) => {
      if (source.kind === "capture") return tensors.get(source.id);
      return source.kind === "variable"
        ? this.#resources.handle(source.variable)
        : this.#resources.reduced(source.variable);
    });
    return [...args.map((tensor) => tensors.get(tensorId(tensor))), ...outside];
  }

  #adopt({ layout }: Recorded<Result>, handles: Handle[]): Result {
    return layout.restore(handles.map((handle) => tensorOf(this.#binding.adopt(handle))));
  }

  /** Takes a definition out of the context, at once or when its last call has ended. */
  #remove(recorded: Recorded<Result>): void {
    recorded.isOld = true;
    if (recorded.running === 0) this.#binding.ops.removeFunction(recorded.name);
  }
}
