import { CompileError } from "../../errors.ts";
import type { tf } from "../../tf.ts";
import { AttributeType } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";
import { refCount, tensorId, tensorOf } from "../tfjs_node_internals.ts";
import { type Graph, type Operation, typeAttribute } from "./graph.ts";
import type { TracedTensor } from "./traced_tensor.ts";
import type { TracedTensors } from "./traced_tensors.ts";
import { type VariableAccess, VariableAccesses } from "./variable_accesses.ts";

/**
 * The variables of TensorFlow.js in a trace. TensorFlow.js gives a variable a new tensor when it is assigned;
 * in the graph each variable is one resource that is read and written.
 */
export class TracedVariables {
  readonly #accesses: VariableAccesses;
  readonly #graph: Graph;
  readonly #tensors: TracedTensors;
  /** All variables, by the ids of their values when tracing began. */
  readonly #variables: ReadonlyMap<number, tf.Variable>;
  /** Variables that were updated in place, by the id of the tensor that stands for their new value. */
  readonly #updated = new Map<number, VariableAccess>();

  constructor(graph: Graph, tensors: TracedTensors, variables: ReadonlyMap<number, tf.Variable>) {
    this.#accesses = new VariableAccesses(graph);
    this.#graph = graph;
    this.#tensors = tensors;
    this.#variables = variables;
  }

  /** The variables that the function writes. */
  get written(): readonly tf.Variable[] {
    return this.#accesses.written;
  }

  /** The operations that write variables. */
  get writes(): readonly Operation[] {
    return this.#accesses.writes;
  }

  /** The tensor of an id: the trace's own, a variable's value, or one from outside, which is captured. */
  find(id: number): TracedTensor {
    const traced = this.#tensors.get(id);
    if (traced) return traced;
    const updated = this.#updated.get(id);
    if (updated) return this.#read(id, updated);
    const variable = this.#variables.get(id);
    return variable ? this.#read(id, this.#access(variable)) : this.#tensors.capture(id);
  }

  /** Prepares an update in place: reads the present value if other tensors share it. */
  prepareUpdate(variable: tf.Variable): VariableAccess {
    const access = this.#writePending(variable);
    const { heldId } = access;
    // trace() holds a clone of each value that a variable had outside.
    const expected = this.#variables.has(heldId) ? 2 : 1;
    if (!this.#tensors.has(heldId) && refCount(variable) > expected) this.#read(heldId, access);
    return access;
  }

  /** Adds an operation that updates the variables of {@linkcode prepareUpdate}'s accesses in place. */
  update(
    accesses: readonly VariableAccess[],
    { operation, inputs, flags }: {
      readonly operation: string;
      /** Tensors, or numbers in float32. */
      readonly inputs: readonly (TracedTensor | number)[];
      readonly flags: Readonly<Record<string, boolean>>;
    },
  ): void {
    const values = inputs.map((input) =>
      typeof input === "number"
        ? this.#graph.constant([], DataType.float32, Float32Array.of(input))
        : input.as(DataType.float32, this.#graph)
    );
    const after = new Set(accesses.flatMap(({ before }) => [...before]));
    for (const value of values) after.delete(value.operation);
    const types = [
      typeAttribute("T", DataType.float32),
      ...Object.entries(flags).map(([name, value]) => ({ name, type: AttributeType.bool, value })),
    ];
    const resources = accesses.map(({ resource }) => resource);
    const update = this.#graph.add(operation, [...resources, ...values], types, [...after]);
    for (const access of accesses) this.#noteUpdate(access, update);
  }

  /** Assigns a variable a new tensor after an update in place, which TensorFlow.js does not know of. */
  #noteUpdate(access: VariableAccess, operation: Operation): void {
    const { variable, dtype } = access;
    const id = this.#tensors.newId();
    this.#accesses.noteWrite(access, operation, id);
    this.#updated.set(id, access);
    const tensor = tensorOf({ id, shape: variable.shape, dtype });
    variable.assign(tensor);
    tensor.dispose();
  }

  /**
   * Ends the trace: writes what the function assigned to variables. Their casts to bfloat16 become inputs of
   * the function, so that the caller can reuse them from call to call.
   */
  end(): void {
    for (const [id, variable] of this.#variables) {
      if (this.#accesses.get(variable) || tensorId(variable) !== id) this.#writePending(variable);
    }
    for (const [variable, cast] of this.#accesses.reduced()) {
      this.#tensors.addInput(cast, { kind: "reduced", variable });
    }
  }

  #read(id: number, access: VariableAccess): TracedTensor {
    const value = this.#accesses.read(access);
    this.#tensors.set(id, value);
    return value;
  }

  #access(variable: tf.Variable): VariableAccess {
    const known = this.#accesses.get(variable);
    if (known) return known;
    const id = this.#outsideId(variable);
    const access = this.#accesses.add(variable, this.#tensors.describe(id).dtype, id);
    this.#tensors.addInput(access.resource, { kind: "variable", variable });
    return access;
  }

  /** Writes what the function last assigned to a variable into its resource. */
  #writePending(variable: tf.Variable): VariableAccess {
    const access = this.#access(variable);
    if (this.#accesses.isPending(access)) {
      const id = tensorId(variable);
      this.#accesses.assign(access, this.find(id).as(access.dtype, this.#graph), id);
    }
    return access;
  }

  /** The id of the value that a variable has outside the trace. */
  #outsideId(variable: tf.Variable): number {
    for (const [id, other] of this.#variables) if (other === variable) return id;
    throw new CompileError(
      `a compiled function cannot make variables: make them before. Received: ${variable.name}`,
    );
  }
}
