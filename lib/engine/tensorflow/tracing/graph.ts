import { addressOf, type Pointer } from "../../../open_library.ts";
import {
  type AttributeSetters,
  AttributeType,
  graphSetters,
  type OpAttribute,
  setAttribute,
} from "../capi/attributes.ts";
import { type CApi, DataType, required } from "../capi/c_api.ts";
import { cString } from "../capi/c_string.ts";
import { addresses, type EagerContext } from "../capi/eager_context.ts";
import { toTensor, type Values } from "../capi/host_tensors.ts";
import { groupInputs } from "../capi/op_definitions.ts";

/** An operation of a graph. */
export type Operation = Pointer;

/** An output of an operation. */
export interface GraphTensor {
  readonly operation: Operation;
  /** A `TF_Output`: the operation and the index of the output. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly dtype: number;
  /** -1 for a dimension that depends on values; `undefined` if the rank does. */
  readonly shape: readonly number[] | undefined;
}

/** The parts of a graph that make a function. */
export interface FunctionParts {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
  /** Operations that run even though no output needs them. */
  readonly effects: readonly Operation[];
}

const outputBytes = 16;
/** A larger tensor that repeats one value becomes a `Fill`, which is not kept in the graph. */
const maxUniformSize = 64;

/** A TensorFlow graph that is built operation by operation and becomes a function of the context. */
export class Graph {
  readonly #context: EagerContext;
  readonly #api: CApi;
  readonly #graph: Pointer;
  readonly #set: AttributeSetters;
  #count = 0;

  constructor(context: EagerContext) {
    this.#context = context;
    this.#api = context.api;
    this.#graph = required(context.api.call.TF_NewGraph());
    this.#set = graphSetters(context.api);
  }

  /**
   * Adds an operation.
   *
   * @param after Control inputs: operations that must run first.
   */
  add(
    type: string,
    inputs: readonly GraphTensor[],
    attributes: readonly OpAttribute[],
    after: readonly Operation[] = [],
  ): Operation {
    const { call, status } = this.#api;
    const definition = this.#context.definitions.get(type);
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
    if (dtype === DataType.float32 && values.length > maxUniformSize && isUniform(values)) {
      return this.#fill(shape, values[0] as number);
    }
    const { tensor, allocations } = toTensor(this.#api, shape, dtype, values);
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
      for (const memory of allocations) call.free(memory);
    }
  }

  /** Reads the value that a variable has after the operations `after`. */
  readVariable(
    resource: GraphTensor,
    { dtype, shape }: { dtype: number; shape: readonly number[] },
    after: readonly Operation[] = [],
  ): GraphTensor {
    const { call, status } = this.#api;
    const attributes = [typeAttribute("dtype", dtype)];
    const read = this.#output(this.add("ReadVariableOp", [resource], attributes, after), 0);
    const dimensions = BigInt64Array.from(shape, BigInt);
    call.TF_GraphSetTensorShape(this.#graph, read.bytes, dimensions, shape.length, status);
    this.#api.check("the shape of a variable");
    return { ...read, shape };
  }

  /** Defines the whole graph as a function of the context. */
  define(name: string, { inputs, outputs, effects }: FunctionParts): void {
    const { call, status } = this.#api;
    const definition = call.TF_GraphToFunctionWithControlOutputs(
      ...[this.#graph, cString(name), 0] as const,
      ...[-1, null] as const,
      ...[inputs.length, packed(inputs)] as const,
      ...[outputs.length, packed(outputs), null] as const,
      ...[effects.length, addresses(effects), null] as const,
      ...[null, null, status] as const,
    );
    this.#api.check(name);
    call.TFE_ContextAddFunction(this.#context.handle, definition, status);
    call.TF_DeleteFunction(definition);
    this.#api.check(name);
  }

  dispose(): void {
    this.#api.call.TF_DeleteGraph(this.#graph);
  }

  #fill(shape: readonly number[], value: number): GraphTensor {
    const dimensions = this.constant([shape.length], DataType.int32, Int32Array.from(shape));
    const scalar = this.constant([], DataType.float32, Float32Array.of(value));
    const types = [typeAttribute("T", DataType.float32)];
    return this.#output(this.add("Fill", [dimensions, scalar], types), 0);
  }

  #output(operation: Operation, index: number): GraphTensor {
    const { call, status } = this.#api;
    const bytes = new Uint8Array(outputBytes);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, addressOf(operation), true);
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

/** An attribute whose value is a type, given as `TF_DataType`. */
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

/** Operation names do not recur, so they are not cached as {@linkcode cString} caches its texts. */
function freshCString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}
