import type { Precision } from "../../compile.ts";
import type { MomentumStep } from "../../ops/momentum_update.ts";
import type { tf } from "../../tf.ts";
import { AttributeType, type OpAttribute } from "../capi/attributes.ts";
import type { Binding, TensorMetadata, TraceBackend } from "../binding.ts";
import { DataType } from "../capi/c_api.ts";
import type { Values } from "../capi/host_tensors.ts";
import { refCount, tensorId, tensorOf } from "../tfjs_node_internals.ts";
import { CompileError } from "./errors.ts";
import { Graph, type GraphTensor, type Operation, typeAttribute } from "./graph.ts";
import { constantEntry, type TraceLog } from "./trace_log.ts";
import { addOperation } from "./operation.ts";
import { TracedTensor } from "./traced_tensor.ts";
import { type VariableAccess, VariableAccesses } from "./variable_accesses.ts";

/** Where a function's inputs come from at each call, beside its arguments. */
export type Source =
  | { readonly kind: "variable"; readonly variable: tf.Variable }
  /** What a variable holds, in bfloat16. */
  | { readonly kind: "reduced"; readonly variable: tf.Variable }
  /** A tensor from outside, by number. */
  | { readonly kind: "capture"; readonly id: number };

/** Stands in for TensorFlow while a function runs, and writes down what it would compute. */
export class Tracer implements TraceBackend {
  readonly graph: Graph;
  readonly sources: Source[] = [];
  readonly inputs: GraphTensor[] = [];
  /** Tensors of the recording that were not disposed of. */
  readonly alive = new Set<number>();
  readonly #binding: Binding;
  readonly #log: TraceLog;
  #precision: Precision;
  /** All variables there are, by the number of what they hold when recording begins. */
  readonly #variables: ReadonlyMap<number, tf.Variable>;
  readonly #uses: VariableAccesses;
  readonly #tensors = new Map<number, TracedTensor>();
  /** Variables that were updated in place, by the number of the tensor that stands for what they hold. */
  readonly #updated = new Map<number, VariableAccess>();
  #refusal: CompileError | undefined;
  /** The values of the tensors that JavaScript made since recording began. */
  readonly #made: WeakSet<object>;

  constructor(
    binding: Binding,
    { journal, precision, variables, made }: {
      journal: TraceLog;
      precision: Precision;
      variables: ReadonlyMap<number, tf.Variable>;
      made: WeakSet<object>;
    },
  ) {
    this.#binding = binding;
    this.#log = journal;
    this.#precision = precision;
    this.#variables = variables;
    this.#made = made;
    this.graph = new Graph(binding.context);
    this.#uses = new VariableAccesses(this.graph);
  }

  get precision(): Precision {
    return this.#precision;
  }

  inFloat32<T>(record: () => T): T {
    const usual = this.#precision;
    this.#precision = "float32";
    try {
      return record();
    } finally {
      this.#precision = usual;
    }
  }

  get written(): readonly tf.Variable[] {
    return this.#uses.written;
  }

  get effects(): readonly Operation[] {
    return this.#uses.writes;
  }

  /** A new input of the function, of the type and shape of a tensor from outside. */
  argument(id: number): TensorMetadata {
    const { dtype, shape } = this.#describe(id);
    const own = this.#newId();
    this.#addInput(own, `argument ${this.inputs.length}`, { dtype, shape });
    return { id: own, dtype, shape };
  }

  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const operands = inputs.map((id) => this.#find(id));
    const shown = `${name} of ${operands.map(({ shape }) => `[${shape}]`).join(", ")}`;
    this.#note(`${name} ${JSON.stringify(attributes)}`, shown, operands);
    const definition = this.#binding.context.definitions.get(name);
    const call = { name, definition, attributes, operands, outputs };
    const results = addOperation(this.graph, call, this.#precision);
    return results.map((result) => this.#adopt(result));
  }

  withControlDependency(id: number, until: number): TensorMetadata {
    const [operand, other] = [this.#find(id), this.#find(until)];
    this.#note("delay", `a wait of [${operand.shape}]`, [operand, other]);
    const { tensor, onUse } = operand;
    const after = [other.tensor.operation];
    const identity = this.graph.add(
      "Identity",
      [tensor],
      [typeAttribute("T", tensor.dtype)],
      after,
    );
    onUse?.(identity);
    return this.#adopt(this.graph.outputs(identity, 1)[0]!);
  }

  createTensor(shape: readonly number[], dtype: number, values: Values): number | undefined {
    // tfjs-node makes 64-bit integers of numbers, past all tensors of TensorFlow.js.
    if (dtype !== DataType.int64 && !this.#made.has(values)) return undefined;
    this.#log.add(constantEntry(shape, dtype, values));
    return this.#adopt(this.graph.constant(shape, dtype, values)).id;
  }

  isTraced(id: number): boolean {
    return !this.#binding.tensors.has(id);
  }

  /** What was disposed of may have been used before: it stays in the graph. */
  deleteTensor(id: number): void {
    this.alive.delete(id);
  }

  tensorDataSync(): never {
    this.#refuse(
      "a compiled function cannot read a tensor's values (dataSync, data, array, print): there " +
        "are none while it is recorded. Return the tensor, and read it outside",
    );
  }

  refuseCompiled(name: string): never {
    this.#refuse(
      "a compiled function cannot call another compiled function: call the function that was " +
        `given to compile(). Received: ${name || "a function without a name"}`,
    );
  }

  /** What assignments cannot say: an update in place, in one pass over the memory. */
  applyMomentum({ variable, velocity, gradient, rate, momentum, nesterov }: MomentumStep): void {
    const [weight, speed] = [this.#toUpdate(variable), this.#toUpdate(velocity)];
    const [step, change] = [this.#find(tensorId(rate)), this.#find(tensorId(gradient))];
    const shown = `an update of ${variable.name} with momentum ${momentum}`;
    this.#note(`ApplyMomentum ${variable.name} ${momentum} ${nesterov}`, shown, [step, change]);
    const share = this.graph.constant([], DataType.float32, Float32Array.of(momentum));
    const [lr, grad] = [step, change].map((it) => it.as(DataType.float32, this.graph));
    const applied = this.graph.add(
      "ResourceApplyMomentum",
      [weight.resource, speed.resource, lr!, grad!, share],
      [
        typeAttribute("T", DataType.float32),
        { name: "use_nesterov", type: AttributeType.bool, value: nesterov },
      ],
      [...new Set([...weight.before, ...speed.before])].filter((it) => it !== grad!.operation),
    );
    for (const use of [weight, speed]) this.#wroteInPlace(use, applied);
  }

  /** The graph's tensor for a result of the function. */
  output(id: number): GraphTensor {
    const recorded = this.#find(id);
    // An input may not be an output itself.
    const operation = this.graph.add(
      "Identity",
      [recorded.as(recorded.dtype, this.graph)],
      [typeAttribute("T", recorded.dtype)],
    );
    return this.graph.outputs(operation, 1)[0]!;
  }

  /** Writes what the function assigned to variables, before they get their own values back. */
  end(): void {
    // Thrown within a promise, or caught, it has not ended the function.
    if (this.#refusal) throw this.#refusal;
    for (const [id, variable] of this.#variables) {
      if (this.#uses.get(variable) || tensorId(variable) !== id) this.#written(variable);
    }
    // An input takes the cast's place in the function: who calls it keeps what was cast.
    for (const [variable, cast] of this.#uses.reduced()) {
      this.sources.push({ kind: "reduced", variable });
      this.inputs.push(cast);
    }
    this.#log.end();
  }

  #refuse(message: string): never {
    this.#refusal = new CompileError(message);
    throw this.#refusal;
  }

  /** Writes an operation into the journal, with all that it depends on. */
  #note(operation: string, shown: string, operands: readonly TracedTensor[]): void {
    const labels = operands.map(({ label }) => label);
    this.#log.add({
      kind: "operation",
      text: `${operation} (${labels.join(", ")})`,
      shown,
      captures: labels.filter((label) => label.startsWith(captureLabel)),
    });
  }

  #find(id: number): TracedTensor {
    const recorded = this.#tensors.get(id);
    if (recorded) return recorded;
    const updated = this.#updated.get(id);
    if (updated) return this.#read(id, updated);
    const variable = this.#variables.get(id);
    if (!variable) {
      this.sources.push({ kind: "capture", id });
      return this.#addInput(id, `${captureLabel}${id}`, this.#describe(id));
    }
    return this.#read(id, this.#use(variable));
  }

  #read(id: number, use: VariableAccess): TracedTensor {
    const value = this.#uses.read(use);
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
    const recorded = new TracedTensor(label, shape, dtype, tensor);
    this.inputs.push(tensor);
    this.#tensors.set(id, recorded);
    return recorded;
  }

  #use(variable: tf.Variable): VariableAccess {
    const known = this.#uses.get(variable);
    if (known) return known;
    const id = this.#outsideId(variable);
    const use = this.#uses.add(variable, this.#describe(id).dtype, id);
    this.sources.push({ kind: "variable", variable });
    this.inputs.push(use.resource);
    return use;
  }

  /** A variable whose resource holds what the function last assigned to it. */
  #written(variable: tf.Variable): VariableAccess {
    const use = this.#use(variable);
    if (this.#uses.isPending(use)) {
      const id = tensorId(variable);
      this.#uses.assign(use, this.#find(id).as(use.dtype, this.graph), id);
    }
    return use;
  }

  /** The same, where nobody who holds the present value needs it later. */
  #toUpdate(variable: tf.Variable): VariableAccess {
    const use = this.#written(variable);
    const { heldId } = use;
    // The caller of the recording holds what variables had outside.
    const own = this.#variables.has(heldId) ? 2 : 1;
    if (!this.#tensors.has(heldId) && refCount(variable) > own) this.#read(heldId, use);
    return use;
  }

  /** The number of what a variable holds outside the recording. */
  #outsideId(variable: tf.Variable): number {
    for (const [id, other] of this.#variables) if (other === variable) return id;
    throw new CompileError(
      `a compiled function cannot make variables: make them before. Received: ${variable.name}`,
    );
  }

  /** After an update that tfjs knows nothing of, the variable stands for what is read from then on. */
  #wroteInPlace(use: VariableAccess, operation: Operation): void {
    const { variable, dtype } = use;
    const id = this.#newId();
    this.#uses.wrote(use, operation, id);
    this.#updated.set(id, use);
    const tensor = tensorOf({ id, shape: variable.shape, dtype });
    variable.assign(tensor);
    tensor.dispose();
  }

  #adopt(result: GraphTensor): TensorMetadata {
    const shape = [...result.shape ?? []];
    const dtype = result.dtype === DataType.bfloat16 ? DataType.float32 : result.dtype;
    const id = this.#newId();
    this.#tensors.set(id, new TracedTensor(`%${this.#tensors.size}`, shape, dtype, result));
    return { id, shape, dtype };
  }

  #newId(): number {
    const id = this.#binding.tensors.newId();
    this.alive.add(id);
    return id;
  }
}

const captureLabel = "capture ";
