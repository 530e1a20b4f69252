import type { CompiledResult, Precision } from "../../compile.ts";
import { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import { tensorId, tensorOf, watchValues } from "../tfjs_node_internals.ts";
import { CompileError } from "./errors.ts";
import type { GraphTensor } from "./graph.ts";
import { TraceLog } from "./trace_log.ts";
import { type Source, Tracer } from "./tracer.ts";
import { flattenResult, type ResultStructure } from "./result_structure.ts";

/** What a function of TensorFlow's context needs and gives. */
export interface Definition<Result extends CompiledResult> {
  readonly name: string;
  /** The inputs after the arguments. */
  readonly sources: readonly Source[];
  /** The variables that it writes. */
  readonly written: readonly tf.Variable[];
  readonly layout: ResultStructure<Result>;
  readonly log: TraceLog;
}

/** How a function is recorded. */
export interface TraceOptions {
  readonly precision: Precision;
  /** The name that the function gets; without one it is only held against `expected`. */
  readonly name: string;
  readonly expected?: TraceLog;
}

/**
 * Runs a function on stand-ins for its arguments, nothing being computed, and makes a function of
 * TensorFlow's context of what it did. With `expected` it makes none: it only looks whether the
 * function still does the same.
 */
export function trace<Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  binding: Binding,
  fn: (...args: Args) => Result,
  args: Args,
  { precision, name, expected }: TraceOptions,
): Definition<Result> {
  const variables = Object.values(tf.engine().registeredVariables);
  const made = new WeakSet<object>();
  const argumentIds = args.map(tensorId);
  const byId = new Map(variables.map((variable) => [tensorId(variable), variable]));
  const values = variables.map((variable) => variable.clone());
  const journal = new TraceLog(expected);
  const recording = new Tracer(binding, { journal, precision, variables: byId, made });
  const unwatch = watchValues(made);
  binding.tracer = recording;
  try {
    const { layout, outputs } = traceFunction(recording, fn, argumentIds, variables);
    restore(variables, values);
    refuseKept(binding, recording.alive);
    const { inputs, effects, sources, written } = recording;
    if (!expected) recording.graph.define(name, { inputs, outputs, effects });
    return { name, sources, written, layout, log: journal };
  } finally {
    restore(variables, values);
    binding.tracer = undefined;
    unwatch();
    recording.graph.dispose();
  }
}

/** Runs the function and takes its results apart. */
function traceFunction<Args extends readonly tf.Tensor[], Result extends CompiledResult>(
  recording: Tracer,
  fn: (...args: Args) => Result,
  argumentIds: readonly number[],
  known: readonly tf.Variable[],
): { layout: ResultStructure<Result>; outputs: GraphTensor[] } {
  tf.engine().startScope("recording");
  try {
    // The boundary to the function's own types: stand-ins have the arguments' types and shapes.
    const stands = argumentIds.map((id) => tensorOf(recording.argument(id))) as unknown as Args;
    const { layout, tensors } = flattenResult(fn(...stands));
    refuseNewVariables(known);
    const outputs = tensors.map((tensor) => recording.output(tensorId(tensor)));
    recording.end();
    return { layout, outputs };
  } finally {
    tf.engine().endScope();
  }
}

function refuseNewVariables(known: readonly tf.Variable[]): void {
  const variables = Object.values(tf.engine().registeredVariables);
  const fresh = variables.filter((variable) => !known.includes(variable));
  if (fresh.length === 0) return;
  for (const variable of fresh) variable.dispose();
  throw new CompileError(
    "a compiled function cannot make variables: make them before, as an optimizer does in a step " +
      `that is not compiled. Received: ${fresh.map(({ name }) => name).join(", ")}`,
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
  // Whoever kept them can dispose of them still.
  for (const id of kept) tensors.defer({ read, onDelete: () => {} }, id);
  throw error;
}

/** Gives variables back what they held. */
function restore(variables: readonly tf.Variable[], values: readonly tf.Tensor[]): void {
  variables.forEach((variable, index) => {
    const value = values[index]!;
    if (!variable.isDisposed && variable.dataId !== value.dataId) variable.assign(value);
    value.dispose();
  });
}
