import {
  type AttributeSetters,
  AttributeType,
  graphSetters,
  type OpAttribute,
  setAttribute,
} from "../capi/attributes.ts";
import { type CApi, cString, DataType, required } from "../capi/c_api.ts";
import { toTensor, type Values } from "../capi/host_tensors.ts";
import { groupInputs } from "../capi/op_definitions.ts";
import { addresses, type EagerContext } from "../capi/eager_context.ts";

/** An operation of a graph. */
export type Operation = Deno.PointerObject;

/** An output of an operation. */
export interface GraphTensor {
  readonly operation: Operation;
  /** A `TF_Output`: the operation and the output's number. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly dtype: number;
  /** -1 for a side that depends on values; `undefined` where even the number of sides does. */
  readonly shape: readonly number[] | undefined;
}

/** What a function of a graph is made of. */
export interface FunctionParts {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
  /** Operations that run though no output needs them. */
  readonly effects: readonly Operation[];
}

const outputBytes = 16;
/** Larger tensors of one value are made where they are needed, not kept in the graph. */
const largestUniform = 64;

/** A TensorFlow graph that grows by operations and becomes a function of the context. */
export class Graph {
  readonly #ops: EagerContext;
  readonly #api: CApi;
  readonly #graph: Deno.PointerObject;
  readonly #set: AttributeSetters;
  #count = 0;

  constructor(ops: EagerContext) {
    this.#ops = ops;
    this.#api = ops.api;
    this.#graph = required(ops.api.call.TF_NewGraph());
    this.#set = graphSetters(ops.api);
  }

  /** @param after Operations that must have run before. */
  add(
    type: string,
    inputs: readonly GraphTensor[],
    attributes: readonly OpAttribute[],
    after: readonly Operation[] = [],
  ): Operation {
    const { call, status } = this.#api;
    const definition = this.#ops.definitions.get(type);
    const groups = groupInputs(type, definition, attributes, inputs);
    const started = required(
      call.TF_NewOperation(this.#graph, cString(type), freshCString(`${type}_${this.#count++}`)),
    );
    for (const { list, items } of groups) {
      if (list) call.TF_AddInputList(started, packed(items), items.length);
      else call.TF_AddInput(started, items[0]!.bytes);
    }
    for (const operation of after) call.TF_AddControlInput(started, operation);
    for (const attribute of attributes) {
      const definedType = definition.attributes.get(attribute.name);
      setAttribute(this.#set, started, type, definedType, attribute);
    }
    const finished = call.TF_FinishOperation(started, status);
    this.#api.check(type);
    return required(finished);
  }

  /** The first `count` outputs of an operation. */
  outputs(operation: Operation, count: number): GraphTensor[] {
    return Array.from({ length: count }, (_, index) => this.#output(operation, index));
  }

  placeholder(dtype: number, shape: readonly number[]): GraphTensor {
    const attributes = [
      typeAttribute("dtype", dtype),
      { name: "shape", type: AttributeType.shape, value: shape },
    ];
    return this.#output(this.add("Placeholder", [], attributes), 0);
  }

  constant(shape: readonly number[], dtype: number, values: Values): GraphTensor {
    if (dtype === DataType.float32 && values.length > largestUniform && isUniform(values)) {
      return this.#fill(shape, values[0] as number);
    }
    const { tensor, heap } = toTensor(this.#api, shape, dtype, values);
    const { call, status } = this.#api;
    try {
      const name = freshCString(`Const_${this.#count++}`);
      const started = required(call.TF_NewOperation(this.#graph, cString("Const"), name));
      call.TF_SetAttrType(started, cString("dtype"), dtype);
      call.TF_SetAttrTensor(started, cString("value"), tensor, status);
      this.#api.check("Const");
      const finished = call.TF_FinishOperation(started, status);
      this.#api.check("Const");
      return this.#output(required(finished), 0);
    } finally {
      call.TF_DeleteTensor(tensor);
      for (const memory of heap) call.free(memory);
    }
  }

  /** The value of a variable as it is once the operations `after` have run. */
  readVariable(
    resource: GraphTensor,
    { dtype, shape }: { dtype: number; shape: readonly number[] },
    after: readonly Operation[] = [],
  ): GraphTensor {
    const { call, status } = this.#api;
    const attributes = [typeAttribute("dtype", dtype)];
    const read = this.#output(this.add("ReadVariableOp", [resource], attributes, after), 0);
    const sides = BigInt64Array.from(shape, BigInt);
    call.TF_GraphSetTensorShape(this.#graph, read.bytes, sides, shape.length, status);
    this.#api.check("the shape of a variable");
    return { ...read, shape };
  }

  /** Makes the whole graph a function of the context. */
  define(name: string, { inputs, outputs, effects }: FunctionParts): void {
    const { call, status } = this.#api;
    const made = call.TF_GraphToFunctionWithControlOutputs(
      ...[this.#graph, cString(name), 0] as const,
      ...[-1, null] as const,
      ...[inputs.length, packed(inputs)] as const,
      ...[outputs.length, packed(outputs), null] as const,
      ...[effects.length, addresses(effects), null] as const,
      ...[null, null, status] as const,
    );
    this.#api.check(name);
    call.TFE_ContextAddFunction(this.#ops.context, made, status);
    call.TF_DeleteFunction(made);
    this.#api.check(name);
  }

  dispose(): void {
    this.#api.call.TF_DeleteGraph(this.#graph);
  }

  #fill(shape: readonly number[], value: number): GraphTensor {
    const sides = this.constant([shape.length], DataType.int32, Int32Array.from(shape));
    const number = this.constant([], DataType.float32, Float32Array.of(value));
    return this.#output(
      this.add("Fill", [sides, number], [typeAttribute("T", DataType.float32)]),
      0,
    );
  }

  #output(operation: Operation, index: number): GraphTensor {
    const { call, status } = this.#api;
    const bytes = new Uint8Array(outputBytes);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(Deno.UnsafePointer.value(operation)), true);
    view.setInt32(8, index, true);
    const dtype = call.TF_OperationOutputType(bytes);
    const rank = call.TF_GraphGetTensorNumDims(this.#graph, bytes, status);
    this.#api.check("the shape of an operation's output");
    if (rank < 0) return { operation, bytes, dtype, shape: undefined };
    const shape = new BigInt64Array(rank);
    call.TF_GraphGetTensorShape(this.#graph, bytes, shape, rank, status);
    this.#api.check("the shape of an operation's output");
    return { operation, bytes, dtype, shape: Array.from(shape, Number) };
  }
}

/** An attribute that names a type by TensorFlow's number for it. */
export function typeAttribute(name: string, dtype: number): OpAttribute {
  return { name, type: AttributeType.type, value: dtype };
}

function packed(tensors: readonly GraphTensor[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(tensors.length * outputBytes);
  tensors.forEach((tensor, index) => bytes.set(tensor.bytes, index * outputBytes));
  return bytes;
}

function isUniform(values: Values): boolean {
  const first = values[0];
  for (let index = 1; index < values.length; index++) if (values[index] !== first) return false;
  return true;
}

/** Names of operations do not recur, so that they are not kept. */
function freshCString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}
