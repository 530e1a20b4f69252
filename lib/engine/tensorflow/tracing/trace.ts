import type { CompiledResult, CompileOptions } from "../../compile.ts";
import { disposeOfTape } from "../../dispose_of_tape.ts";
import { CompileError } from "../../errors.ts";
import { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import { tensorId, tensorOf, trackValues } from "../tfjs_node_internals.ts";
import type { GraphTensor } from "./graph.ts";
import { flattenResult, type ResultStructure } from "./result_structure.ts";
import { TraceLog } from "./trace_log.ts";
import type { InputSource } from "./traced_tensors.ts";
import { Tracer } from "./tracer.ts";

/** A function of TensorFlow's context, and how to call it. */
export interface TracedFunction<Result extends CompiledResult> {
  readonly name: string;
  /** The inputs after the arguments. */
  readonly sources: readonly InputSource[];
  /** The variables that it writes. */
  readonly written: readonly tf.Variable[];
  readonly structure: ResultStructure<Result>;
  readonly log: TraceLog;
}

/** How a function is traced. */
export interface TraceOptions extends Required<CompileOptions> {
  /** The name of the function in the context. */
  readonly name: string;
  /** With it, the trace is only compared with this log, and no function is defined. */
  readonly expected?: TraceLog;
}

/**
 * Runs a function on placeholders for its arguments, without computing anything, and defines a
 * function of TensorFlow's context that does the same.
 *
 * @throws {CompileError} If the function does something that cannot be traced, or something else than
 *   `expected`.
 * @throws {RetraceRequired} If the function uses other captured tensors than `expected`.
 */
export function trace<Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  binding: Binding,
  fn: (...args: Args) => Result,
  args: Args,
  { precision, inference, name, expected }: TraceOptions,
): TracedFunction<Result> {
  const variables = Object.values(tf.engine().registeredVariables);
  const created = new WeakSet<object>();
  const argumentIds = args.map(tensorId);
  const byId = new Map(variables.map((variable) => [tensorId(variable), variable]));
  const values = variables.map((variable) => variable.clone());
  const log = new TraceLog(expected);
  const tracer = new Tracer(binding, { log, precision, inference, variables: byId, created });
  const untrack = trackValues(created);
  binding.tracer = tracer;
  try {
    const { structure, outputs } = traceFunction(tracer, fn, argumentIds, variables);
    restore(variables, values);
    refuseKept(binding, tracer.alive);
    const { inputs, effects, sources, written } = tracer;
    if (!expected) tracer.graph.define(name, { inputs, outputs, effects });
    return { name, sources, written, structure, log };
  } finally {
    restore(variables, values);
    binding.tracer = undefined;
    untrack();
    tracer.graph.dispose();
  }
}

/** Runs the function and flattens its results. */
function traceFunction<Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  tracer: Tracer,
  fn: (...args: Args) => Result,
  argumentIds: readonly number[],
  variables: readonly tf.Variable[],
): { structure: ResultStructure<Result>; outputs: GraphTensor[] } {
  tf.engine().startScope("tracing");
  try {
    // The boundary to the function's own types: placeholders have the arguments' dtypes and shapes.
    const placeholders = argumentIds.map((id) => tensorOf(tracer.argument(id))) as unknown as Args;
    const { structure, tensors } = flattenResult(fn(...placeholders));
    refuseNewVariables(variables);
    const outputs = tensors.map((tensor) => tracer.output(tensorId(tensor)));
    tracer.end();
    return { structure, outputs };
  } catch (error) {
    // While the trace knows its tensors.
    disposeOfTape();
    throw error;
  } finally {
    tf.engine().endScope();
  }
}

function refuseNewVariables(known: readonly tf.Variable[]): void {
  const variables = Object.values(tf.engine().registeredVariables);
  const created = variables.filter((variable) => !known.includes(variable));
  if (created.length === 0) return;
  for (const variable of created) variable.dispose();
  throw new CompileError(
    "a compiled function cannot make variables: make them before, as an optimizer does in a step " +
      `that is not compiled. Received: ${created.map(({ name }) => name).join(", ")}`,
  );
}

function refuseKept({ tensors }: Binding, kept: ReadonlySet<number>): void {
  if (kept.size === 0) return;
  const error = new CompileError(
    `a compiled function must not keep tensors that it made (tf.keep): they have no values. ` +
      `Return them. Received: ${kept.size}`,
  );
  const read = (): never => {
    throw error;
  };
  // The owner can still dispose of them.
  for (const id of kept) tensors.defer({ read, onDelete: () => {} }, id);
  throw error;
}

/** Gives variables their values back. */
function restore(variables: readonly tf.Variable[], values: readonly tf.Tensor[]): void {
  variables.forEach((variable, index) => {
    const value = values[index]!;
    if (!variable.isDisposed && variable.dataId !== value.dataId) variable.assign(value);
    value.dispose();
  });
}
