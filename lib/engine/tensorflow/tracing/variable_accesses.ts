import type { tf } from "../../tf.ts";
import { DataType } from "../capi/c_api.ts";
import { tensorId } from "../tfjs_node_internals.ts";
import { FixedValue } from "./fixed_value.ts";
import { type Graph, type GraphTensor, type Operation, typeAttribute } from "./graph.ts";
import { TracedTensor } from "./traced_tensor.ts";

/** How a traced function uses a variable. */
export interface VariableAccess {
  readonly variable: tf.Variable;
  readonly dtype: number;
  readonly resource: GraphTensor;
  /** The id of the tensor that stands for the resource's value. */
  heldId: number;
  /** The operations that must run before the resource is written again. */
  before: Operation[];
  /** The value that was read last. */
  value?: TracedTensor;
  isWritten: boolean;
}

/** The variables of a trace: TensorFlow's resources, which operations read and write in order. */
export class VariableAccesses {
  readonly #graph: Graph;
  readonly #accesses = new Map<tf.Variable, VariableAccess>();
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
    return [...this.#accesses.values()].filter(({ isWritten }) => isWritten)
      .map(({ variable }) => variable);
  }

  /** The variables that are read in bfloat16 and not written, each with its cast. */
  *reduced(): Generator<[tf.Variable, GraphTensor]> {
    for (const { isWritten, value, variable } of this.#accesses.values()) {
      const cast = isWritten ? undefined : value?.castTo(DataType.bfloat16);
      if (cast) yield [variable, cast];
    }
  }

  get(variable: tf.Variable): VariableAccess | undefined {
    return this.#accesses.get(variable);
  }

  /** @param heldId The id of the variable's value outside the trace. */
  add(variable: tf.Variable, dtype: number, heldId: number): VariableAccess {
    const resource = this.#graph.placeholder(DataType.resource, []);
    const access = { variable, dtype, resource, heldId, before: [], isWritten: false };
    this.#accesses.set(variable, access);
    return access;
  }

  /** Reads the resource's value at this point of the trace. */
  read(access: VariableAccess): TracedTensor {
    const { variable: { name, shape }, dtype, resource } = access;
    const after = access.before.slice(-1);
    const tensor = this.#graph.readVariable(resource, { dtype, shape }, after);
    // A write waits for all users of this value: while they hold it, it could not happen in place.
    const before = [tensor.operation];
    access.before = before;
    access.value = new TracedTensor(
      `variable ${name}`,
      shape,
      dtype,
      tensor,
      {
        onUse: (operation) => before.push(operation),
        fixed: access.isWritten ? undefined : FixedValue.variable(access.variable),
      },
    );
    return access.value;
  }

  /** Whether the function assigned a value that is not in the resource yet. */
  isPending({ variable, heldId }: VariableAccess): boolean {
    return tensorId(variable) !== heldId;
  }

  /** Writes a value into the resource. */
  assign(access: VariableAccess, value: GraphTensor, heldId: number): void {
    const types = [typeAttribute("dtype", access.dtype)];
    // No control dependency on the value's own operation: the value is an input already.
    const after = access.before.filter((operation) => operation !== value.operation);
    const inputs = [access.resource, value];
    this.noteWrite(access, this.#graph.add("AssignVariableOp", inputs, types, after), heldId);
  }

  /** Records that an operation wrote the resource. */
  noteWrite(access: VariableAccess, operation: Operation, heldId: number): void {
    this.#writes.add(operation);
    access.before = [operation];
    access.heldId = heldId;
    access.isWritten = true;
  }
}
