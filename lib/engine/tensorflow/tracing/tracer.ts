import type { Precision } from "../../compile.ts";
import { CompileError } from "../../errors.ts";
import type { InPlaceUpdate } from "../../ops/in_place_update.ts";
import type { tf } from "../../tf.ts";
import type { Binding, TensorMetadata, TraceBackend } from "../binding.ts";
import type { OpAttribute } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";
import type { Values } from "../capi/host_tensors.ts";
import { tensorId } from "../tfjs_node_internals.ts";
import { fixedInputs } from "./fixed_inputs.ts";
import { FixedValue } from "./fixed_value.ts";
import { Graph, type GraphTensor, type Operation, typeAttribute } from "./graph.ts";
import { addOperation, reshapeAs } from "./operation.ts";
import { constantEntry, type TraceLog } from "./trace_log.ts";
import type { TracedTensor } from "./traced_tensor.ts";
import { captureLabel, type InputSource, TracedTensors } from "./traced_tensors.ts";
import { TracedVariables } from "./traced_variables.ts";

/** Takes TensorFlow's place while a function runs, and adds to a graph what it would compute. */
export class Tracer implements TraceBackend {
  readonly graph: Graph;
  readonly #binding: Binding;
  readonly #log: TraceLog;
  readonly #inference: boolean;
  #precision: Precision;
  readonly #tensors: TracedTensors;
  readonly #variables: TracedVariables;
  readonly #outputs: TracedTensor[] = [];
  #refusal: CompileError | undefined;
  /** The values of the tensors that JavaScript made since tracing began. */
  readonly #created: WeakSet<object>;

  constructor(
    binding: Binding,
    { log, precision, inference, variables, created }: {
      log: TraceLog;
      precision: Precision;
      inference: boolean;
      variables: ReadonlyMap<number, tf.Variable>;
      created: WeakSet<object>;
    },
  ) {
    this.#binding = binding;
    this.#log = log;
    this.#precision = precision;
    this.#inference = inference;
    this.#created = created;
    this.graph = new Graph(binding.context);
    this.#tensors = new TracedTensors(binding.tensors, this.graph);
    this.#variables = new TracedVariables(this.graph, this.#tensors, variables);
  }

  get precision(): Precision {
    return this.#precision;
  }

  inFloat32<T>(compute: () => T): T {
    const precision = this.#precision;
    this.#precision = "float32";
    try {
      return compute();
    } finally {
      this.#precision = precision;
    }
  }

  /** The inputs of the function: its arguments, then one for each of {@linkcode sources}. */
  get inputs(): readonly GraphTensor[] {
    return this.#tensors.inputs;
  }

  get sources(): readonly InputSource[] {
    return this.#tensors.sources;
  }

  /** The ids of the trace's tensors that were not disposed of. */
  get alive(): ReadonlySet<number> {
    return this.#tensors.alive;
  }

  /** The variables that the function writes. */
  get written(): readonly tf.Variable[] {
    return this.#variables.written;
  }

  /** The operations that write variables. */
  get effects(): readonly Operation[] {
    return this.#variables.writes;
  }

  /** Adds an input to the function, with the dtype and shape of an argument. */
  argument(argumentId: number): TensorMetadata {
    return this.#tensors.addArgument(argumentId);
  }

  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const operands = inputs.map((id) => this.#variables.find(id));
    const shown = `${name} of ${operands.map(({ shape }) => `[${shape}]`).join(", ")}`;
    this.#logOperation(`${name} ${JSON.stringify(attributes)}`, shown, operands);
    const definition = this.#binding.context.definitions.get(name);
    const fixed = this.#inference
      ? FixedValue.operation(name, attributes, operands.map((operand) => operand.fixed))
      : undefined;
    const call = { name, definition, attributes, operands, outputs, isFixed: fixed !== undefined };
    const precision = this.#precision;
    const options = { precision, inference: this.#inference };
    const { results, uses } = addOperation(this.graph, call, options);
    // A reshaped variable in bfloat16 is its cast reshaped: the cast is kept from call to call.
    const cast = name === "Reshape"
      ? (dtype: number): GraphTensor => reshapeAs(this.graph, dtype, operands)
      : undefined;
    return results.map((result) => this.#tensors.add(result, { cast, fixed, uses }));
  }

  withControlDependency(id: number, until: number): TensorMetadata {
    const [operand, other] = [this.#variables.find(id), this.#variables.find(until)];
    const shown = `a control dependency of [${operand.shape}]`;
    this.#logOperation("control dependency", shown, [operand, other]);
    const { tensor, onUse } = operand;
    const types = [typeAttribute("T", tensor.dtype)];
    const identity = this.graph.add("Identity", [tensor], types, [other.tensor.operation]);
    onUse?.(identity);
    const uses = [operand, other].map((used) => ({ operand: used, dtype: used.dtype }));
    return this.#tensors.add(this.graph.outputs(identity, 1)[0]!, { uses });
  }

  createTensor(shape: readonly number[], dtype: number, values: Values): number | undefined {
    // tfjs-node itself makes 64-bit integers, which no tensor of TensorFlow.js has.
    if (dtype !== DataType.int64 && !this.#created.has(values)) return undefined;
    const entry = constantEntry(shape, dtype, values);
    this.#log.add(entry);
    const fixed = FixedValue.constant(entry.text, { shape, dtype, values });
    return this.#tensors.add(this.graph.constant(shape, dtype, values), { fixed }).id;
  }

  isKept(id: number): boolean {
    return this.#inference && (this.#variables.find(id).fixed?.variables.size ?? 0) > 0;
  }

  revive(id: number): TensorMetadata {
    const tensor = this.#variables.find(id);
    const { shape, dtype } = tensor;
    const newId = this.#tensors.newId();
    this.#tensors.set(newId, tensor);
    return { id: newId, shape, dtype };
  }

  isTraced(id: number): boolean {
    return !this.#binding.tensors.has(id);
  }

  /** The graph keeps the tensor, as it may have been used already. */
  deleteTensor(id: number): void {
    this.#tensors.alive.delete(id);
  }

  tensorDataSync(): never {
    this.#refuse(
      "a compiled function cannot read a tensor's values (dataSync, data, array, print): there " +
        "are none while it is traced. Return the tensor, and read it outside",
    );
  }

  refuseCompiled(name: string): never {
    this.#refuse(
      "a compiled function cannot call another compiled function: call the function that was " +
        `given to compile(). Received: ${name}`,
    );
  }

  /** Updates variables in place, in one pass over the memory, which assignments cannot do. */
  updateInPlace({ operation, variables, operands, flags = {} }: InPlaceUpdate): void {
    const accesses = variables.map((variable) => this.#variables.prepareUpdate(variable));
    const tensors = operands.map((operand) =>
      typeof operand === "number" ? operand : this.#variables.find(tensorId(operand))
    );
    const names = variables.map(({ name }) => name).join(", ");
    const numbers = operands.filter((operand) => typeof operand === "number");
    this.#logOperation(
      `${operation} ${names} ${numbers.join(" ")} ${JSON.stringify(flags)}`,
      `${operation} of ${names} with ${numbers.join(", ")}`,
      tensors.filter((tensor) => typeof tensor !== "number"),
    );
    this.#variables.update(accesses, { operation, inputs: tensors, flags });
  }

  /** The graph's tensor for a result of the function. */
  output(id: number): GraphTensor {
    const traced = this.#variables.find(id);
    this.#outputs.push(traced);
    // TensorFlow does not allow an input to be an output itself.
    const operation = this.graph.add(
      "Identity",
      [traced.as(traced.dtype, this.graph)],
      [typeAttribute("T", traced.dtype)],
    );
    return this.graph.outputs(operation, 1)[0]!;
  }

  /**
   * Ends the trace: writes what the function assigned to variables, before those get their values back.
   *
   * @throws {CompileError} If the function did something that is refused, or less than expected.
   */
  end(): void {
    // A refusal that was caught, or thrown within a promise, has not ended the function.
    if (this.#refusal) throw this.#refusal;
    this.#variables.end();
    this.#keepFixed();
    this.#log.end();
  }

  /**
   * Makes inputs of the function of what its outputs need of variables alone, so that the caller can keep
   * it. A function that writes variables does not only predict.
   */
  #keepFixed(): void {
    if (!this.#inference || this.written.length > 0) return;
    for (const [input, value] of fixedInputs(this.#outputs, this.graph)) {
      this.#tensors.addInput(input, { kind: "kept", value });
    }
  }

  #refuse(message: string): never {
    this.#refusal = new CompileError(message);
    throw this.#refusal;
  }

  /** Adds an operation to the log, with everything that it depends on. */
  #logOperation(operation: string, shown: string, operands: readonly TracedTensor[]): void {
    const labels = operands.map(({ label }) => label);
    this.#log.add({
      kind: "operation",
      text: `${operation} (${labels.join(", ")})`,
      shown,
      captures: labels.filter((label) => label.startsWith(captureLabel)),
    });
  }
}
