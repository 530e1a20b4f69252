import type { tf } from "../../tf.ts";
import { DataType } from "../capi/c_api.ts";
import { tensorId } from "../tfjs_node_internals.ts";
import { type Graph, type GraphTensor, type Operation, typeAttribute } from "./graph.ts";
import { TracedTensor } from "./traced_tensor.ts";

/** A variable that a function reads or writes. */
export interface VariableAccess {
  readonly variable: tf.Variable;
  readonly dtype: number;
  readonly resource: GraphTensor;
  /** The number of the tensor that stands for what the resource holds. */
  heldId: number;
  /** The operations that must run before the resource is written again. */
  before: Operation[];
  /** What was read of it last. */
  value?: TracedTensor;
  isWritten: boolean;
}

/** The variables of a recording: TensorFlow's resources, which operations read and write in order. */
export class VariableAccesses {
  readonly #graph: Graph;
  readonly #uses = new Map<tf.Variable, VariableAccess>();
  readonly #writes = new Set<Operation>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** The operations that write variables. */
  get writes(): readonly Operation[] {
    return [...this.#writes];
  }

  /** The variables that are written. */
  get written(): readonly tf.Variable[] {
    return [...this.#uses.values()].filter((use) => use.isWritten).map((use) => use.variable);
  }

  /** The variables that are read in bfloat16 and not written, each with its cast. */
  *reduced(): Generator<[tf.Variable, GraphTensor]> {
    for (const { isWritten, value, variable } of this.#uses.values()) {
      const cast = isWritten ? undefined : value?.castTo(DataType.bfloat16);
      if (cast) yield [variable, cast];
    }
  }

  get(variable: tf.Variable): VariableAccess | undefined {
    return this.#uses.get(variable);
  }

  /** @param heldId The variable's number outside the recording. */
  add(variable: tf.Variable, dtype: number, heldId: number): VariableAccess {
    const resource = this.#graph.placeholder(DataType.resource, []);
    const use = { variable, dtype, resource, heldId, before: [], isWritten: false };
    this.#uses.set(variable, use);
    return use;
  }

  /** What the resource holds at this point of the recording. */
  read(use: VariableAccess): TracedTensor {
    const { variable: { name, shape }, dtype, resource } = use;
    const tensor = this.#graph.readVariable(resource, { dtype, shape }, use.before.slice(-1));
    // Writing waits for those who use the value read: while they hold it, it could not be in place.
    const before = [tensor.operation];
    use.before = before;
    use.value = new TracedTensor(`variable ${name}`, shape, dtype, tensor, (it) => before.push(it));
    return use.value;
  }

  /** Whether the function assigned a value that the resource does not hold yet. */
  isPending(use: VariableAccess): boolean {
    return tensorId(use.variable) !== use.heldId;
  }

  /** Writes a value. */
  assign(use: VariableAccess, value: GraphTensor, heldId: number): void {
    const types = [typeAttribute("dtype", use.dtype)];
    // The value itself must not be waited for: it is an input already.
    const after = use.before.filter((operation) => operation !== value.operation);
    const inputs = [use.resource, value];
    this.wrote(use, this.#graph.add("AssignVariableOp", inputs, types, after), heldId);
  }

  /** Takes note of an operation that wrote the resource. */
  wrote(use: VariableAccess, operation: Operation, heldId: number): void {
    this.#writes.add(operation);
    use.before = [operation];
    use.heldId = heldId;
    use.isWritten = true;
  }
}
