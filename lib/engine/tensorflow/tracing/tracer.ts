import type { Precision } from "../../compile.ts";
import { CompileError } from "../../errors.ts";
import type { InPlaceUpdate } from "../../ops/in_place_update.ts";
import type { tf } from "../../tf.ts";
import type { Binding, TensorMetadata, TraceBackend } from "../binding.ts";
import { AttributeType, type OpAttribute } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";
import type { Values } from "../capi/host_tensors.ts";
import { refCount, tensorId, tensorOf } from "../tfjs_node_internals.ts";
import { fixedInputs } from "./fixed_inputs.ts";
import { FixedValue } from "./fixed_value.ts";
import { Graph, type GraphTensor, type Operation, typeAttribute } from "./graph.ts";
import { addOperation, reshapeAs } from "./operation.ts";
import { constantEntry, type TraceLog } from "./trace_log.ts";
import { TracedTensor } from "./traced_tensor.ts";
import { type VariableAccess, VariableAccesses } from "./variable_accesses.ts";

/** Where an input of a function comes from at each call, if it is not an argument. */
export type InputSource =
  | { readonly kind: "variable"; readonly variable: tf.Variable }
  /** A variable's value in bfloat16. */
  | { readonly kind: "reduced"; readonly variable: tf.Variable }
  /** What is computed of variables alone. */
  | { readonly kind: "kept"; readonly value: FixedValue }
  /** A tensor that the function uses but did not make. */
  | { readonly kind: "capture"; readonly id: number };

/** Takes TensorFlow's place while a function runs, and adds to a graph what it would compute. */
export class Tracer implements TraceBackend {
  readonly graph: Graph;
  readonly sources: InputSource[] = [];
  readonly inputs: GraphTensor[] = [];
  /** The ids of the trace's tensors that were not disposed of. */
  readonly alive = new Set<number>();
  readonly #binding: Binding;
  readonly #log: TraceLog;
  readonly #inference: boolean;
  #precision: Precision;
  /** All variables, by the ids of their values when tracing began. */
  readonly #variables: ReadonlyMap<number, tf.Variable>;
  readonly #accesses: VariableAccesses;
  readonly #tensors = new Map<number, TracedTensor>();
  readonly #outputs: TracedTensor[] = [];
  /** Variables that were updated in place, by the id of the tensor that stands for their new value. */
  readonly #updated = new Map<number, VariableAccess>();
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
    this.#variables = variables;
    this.#created = created;
    this.graph = new Graph(binding.context);
    this.#accesses = new VariableAccesses(this.graph);
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

  /** The variables that the function writes. */
  get written(): readonly tf.Variable[] {
    return this.#accesses.written;
  }

  /** The operations that write variables. */
  get effects(): readonly Operation[] {
    return this.#accesses.writes;
  }

  /** Adds an input to the function, with the dtype and shape of an argument. */
  argument(argumentId: number): TensorMetadata {
    const { dtype, shape } = this.#describe(argumentId);
    const id = this.#newId();
    this.#addInput(id, `argument ${this.inputs.length}`, { dtype, shape });
    return { id, dtype, shape };
  }

  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const operands = inputs.map((id) => this.#find(id));
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
    return results.map((result) => this.#adopt(result, { cast, fixed, uses }));
  }

  withControlDependency(id: number, until: number): TensorMetadata {
    const [operand, other] = [this.#find(id), this.#find(until)];
    const shown = `a control dependency of [${operand.shape}]`;
    this.#logOperation("control dependency", shown, [operand, other]);
    const { tensor, onUse } = operand;
    const types = [typeAttribute("T", tensor.dtype)];
    const identity = this.graph.add("Identity", [tensor], types, [other.tensor.operation]);
    onUse?.(identity);
    const uses = [operand, other].map((used) => ({ operand: used, dtype: used.dtype }));
    return this.#adopt(this.graph.outputs(identity, 1)[0]!, { uses });
  }

  createTensor(shape: readonly number[], dtype: number, values: Values): number | undefined {
    // tfjs-node itself makes 64-bit integers, which no tensor of TensorFlow.js has.
    if (dtype !== DataType.int64 && !this.#created.has(values)) return undefined;
    const entry = constantEntry(shape, dtype, values);
    this.#log.add(entry);
    const fixed = FixedValue.constant(entry.text, { shape, dtype, values });
    return this.#adopt(this.graph.constant(shape, dtype, values), { fixed }).id;
  }

  isKept(id: number): boolean {
    return this.#inference && (this.#find(id).fixed?.variables.size ?? 0) > 0;
  }

  revive(id: number): TensorMetadata {
    const tensor = this.#find(id);
    const { shape, dtype } = tensor;
    const newId = this.#newId();
    this.#tensors.set(newId, tensor);
    return { id: newId, shape, dtype };
  }

  isTraced(id: number): boolean {
    return !this.#binding.tensors.has(id);
  }

  /** The graph keeps the tensor, as it may have been used already. */
  deleteTensor(id: number): void {
    this.alive.delete(id);
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
    const accesses = variables.map((variable) => this.#prepareUpdate(variable));
    const tensors = operands.map((operand) =>
      typeof operand === "number" ? operand : this.#find(tensorId(operand))
    );
    const names = variables.map(({ name }) => name).join(", ");
    const numbers = operands.filter((operand) => typeof operand === "number");
    this.#logOperation(
      `${operation} ${names} ${numbers.join(" ")} ${JSON.stringify(flags)}`,
      `${operation} of ${names} with ${numbers.join(", ")}`,
      tensors.filter((tensor) => typeof tensor !== "number"),
    );
    const inputs = tensors.map((tensor) =>
      typeof tensor === "number"
        ? this.graph.constant([], DataType.float32, Float32Array.of(tensor))
        : tensor.as(DataType.float32, this.graph)
    );
    const after = new Set(accesses.flatMap(({ before }) => [...before]));
    for (const input of inputs) after.delete(input.operation);
    const update = this.graph.add(
      operation,
      [...accesses.map(({ resource }) => resource), ...inputs],
      [
        typeAttribute("T", DataType.float32),
        ...Object.entries(flags).map(([name, value]) => ({
          name,
          type: AttributeType.bool,
          value,
        })),
      ],
      [...after],
    );
    for (const access of accesses) this.#noteUpdate(access, update);
  }

  /** The graph's tensor for a result of the function. */
  output(id: number): GraphTensor {
    const traced = this.#find(id);
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
    for (const [id, variable] of this.#variables) {
      if (this.#accesses.get(variable) || tensorId(variable) !== id) this.#writePending(variable);
    }
    // Casts become inputs of the function, so that the caller can reuse them from call to call.
    for (const [variable, cast] of this.#accesses.reduced()) {
      this.sources.push({ kind: "reduced", variable });
      this.inputs.push(cast);
    }
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
      this.sources.push({ kind: "kept", value });
      this.inputs.push(input);
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

  /** A traced tensor; a tensor from outside becomes an input of the function. */
  #find(id: number): TracedTensor {
    const traced = this.#tensors.get(id);
    if (traced) return traced;
    const updated = this.#updated.get(id);
    if (updated) return this.#read(id, updated);
    const variable = this.#variables.get(id);
    if (!variable) {
      this.sources.push({ kind: "capture", id });
      return this.#addInput(id, `${captureLabel}${id}`, this.#describe(id));
    }
    return this.#read(id, this.#access(variable));
  }

  #read(id: number, access: VariableAccess): TracedTensor {
    const value = this.#accesses.read(access);
    this.#tensors.set(id, value);
    return value;
  }

  #describe(id: number): { dtype: number; shape: number[] } {
    const { tensors } = this.#binding;
    return tensors.describe(tensors.get(id));
  }

  #addInput(
    id: number,
    label: string,
    { dtype, shape }: { dtype: number; shape: number[] },
  ): TracedTensor {
    const tensor = this.graph.placeholder(dtype, shape);
    const traced = new TracedTensor(label, shape, dtype, tensor);
    this.inputs.push(tensor);
    this.#tensors.set(id, traced);
    return traced;
  }

  #access(variable: tf.Variable): VariableAccess {
    const known = this.#accesses.get(variable);
    if (known) return known;
    const id = this.#outsideId(variable);
    const access = this.#accesses.add(variable, this.#describe(id).dtype, id);
    this.sources.push({ kind: "variable", variable });
    this.inputs.push(access.resource);
    return access;
  }

  /** Writes what the function last assigned to a variable into its resource. */
  #writePending(variable: tf.Variable): VariableAccess {
    const access = this.#access(variable);
    if (this.#accesses.isPending(access)) {
      const id = tensorId(variable);
      this.#accesses.assign(access, this.#find(id).as(access.dtype, this.graph), id);
    }
    return access;
  }

  /** Prepares an update in place: reads the present value if other tensors share it. */
  #prepareUpdate(variable: tf.Variable): VariableAccess {
    const access = this.#writePending(variable);
    const { heldId } = access;
    // trace() holds a clone of each value that a variable had outside.
    const expected = this.#variables.has(heldId) ? 2 : 1;
    if (!this.#tensors.has(heldId) && refCount(variable) > expected) this.#read(heldId, access);
    return access;
  }

  /** The id of the value that a variable has outside the trace. */
  #outsideId(variable: tf.Variable): number {
    for (const [id, other] of this.#variables) if (other === variable) return id;
    throw new CompileError(
      `a compiled function cannot make variables: make them before. Received: ${variable.name}`,
    );
  }

  /** Assigns a variable a new tensor after an update in place, which TensorFlow.js does not know of. */
  #noteUpdate(access: VariableAccess, operation: Operation): void {
    const { variable, dtype } = access;
    const id = this.#newId();
    this.#accesses.noteWrite(access, operation, id);
    this.#updated.set(id, access);
    const tensor = tensorOf({ id, shape: variable.shape, dtype });
    variable.assign(tensor);
    tensor.dispose();
  }

  #adopt(
    result: GraphTensor,
    hooks: ConstructorParameters<typeof TracedTensor>[4] = {},
  ): TensorMetadata {
    const shape = [...result.shape ?? []];
    const dtype = result.dtype === DataType.bfloat16 ? DataType.float32 : result.dtype;
    const id = this.#newId();
    this.#tensors.set(
      id,
      new TracedTensor(`%${this.#tensors.size}`, shape, dtype, result, hooks),
    );
    return { id, shape, dtype };
  }

  #newId(): number {
    const id = this.#binding.tensors.newId();
    this.alive.add(id);
    return id;
  }
}

const captureLabel = "capture ";
