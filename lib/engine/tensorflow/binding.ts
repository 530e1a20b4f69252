import { AttributeType, type OpAttribute, setAttribute } from "./attributes.ts";
import { type CApi, cString, DataType, readCString, required, TensorFlowError } from "./c_api.ts";
import { fromTensor, toTensor, type Values } from "./host_tensors.ts";
import { type OpDefinition, OpDefinitions } from "./op_definitions.ts";

/** A tensor as tfjs-node's kernels know it: by number. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

const invalidArgument = 3;

/**
 * tfjs-node's `TFJSBinding`, which its addon implements in C++, over TensorFlow's eager C API.
 * All of tfjs-node's JavaScript reaches TensorFlow through these few methods.
 */
export class Binding {
  readonly TF_FLOAT = DataType.float32;
  readonly TF_INT32 = DataType.int32;
  readonly TF_INT64 = DataType.int64;
  readonly TF_BOOL = DataType.bool;
  readonly TF_COMPLEX64 = DataType.complex64;
  readonly TF_STRING = DataType.string;
  readonly TF_RESOURCE = DataType.resource;
  readonly TF_UINT8 = DataType.uint8;
  readonly TF_ATTR_STRING = AttributeType.string;
  readonly TF_ATTR_INT = AttributeType.int;
  readonly TF_ATTR_FLOAT = AttributeType.float;
  readonly TF_ATTR_BOOL = AttributeType.bool;
  readonly TF_ATTR_TYPE = AttributeType.type;
  readonly TF_ATTR_SHAPE = AttributeType.shape;
  readonly TF_ATTR_RESOURCE = AttributeType.resource;
  readonly TF_Version: string;
  /** The devices TensorFlow sees, by kind: `CPU`, `GPU`. */
  readonly devices: readonly string[];

  readonly #api: CApi;
  readonly #definitions: OpDefinitions;
  readonly #context: Deno.PointerObject;
  readonly #handles = new Map<number, Deno.PointerObject>();
  readonly #outputCount = new Int32Array(1);
  #outputs = new BigUint64Array(8);
  #nextId = 0;

  constructor(api: CApi) {
    this.#api = api;
    this.#definitions = new OpDefinitions(api);
    this.TF_Version = api.version;
    const options = required(api.call.TFE_NewContextOptions());
    const context = api.call.TFE_NewContext(options, api.status);
    api.call.TFE_DeleteContextOptions(options);
    api.check("starting TensorFlow");
    this.#context = required(context);
    this.devices = this.#listDevices();
  }

  isUsingGpuDevice(): boolean {
    return this.devices.includes("GPU");
  }

  getNumOfTensors(): number {
    return this.#handles.size;
  }

  createTensor(shape: number[], dtype: number, values: Values): number {
    const { call, status } = this.#api;
    const { tensor, heap } = toTensor(this.#api, shape, dtype, values);
    const handle = call.TFE_NewTensorHandle(tensor, status);
    call.TF_DeleteTensor(tensor);
    this.#api.check("creating a tensor");
    const id = this.#keep(required(handle));
    return heap.length > 0 ? this.#owningStrings(id, heap) : id;
  }

  deleteTensor(id: number): void {
    this.#api.call.TFE_DeleteTensorHandle(this.#handle(id));
    this.#handles.delete(id);
  }

  tensorDataSync(id: number): Values {
    const { call, status } = this.#api;
    const tensor = call.TFE_TensorHandleResolve(this.#handle(id), status);
    this.#api.check("reading a tensor");
    try {
      return fromTensor(this.#api, required(tensor));
    } finally {
      call.TF_DeleteTensor(tensor);
    }
  }

  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const { call, status } = this.#api;
    const definition = this.#definitions.get(name);
    const op = required(call.TFE_NewOp(this.#context, cString(name), status));
    try {
      this.#addInputs(op, name, definition, attributes, inputs);
      for (const attribute of attributes) {
        setAttribute(this.#api, op, name, definition.attributes.get(attribute.name), attribute);
      }
      if (outputs > this.#outputs.length) this.#outputs = new BigUint64Array(outputs);
      this.#outputCount[0] = outputs;
      call.TFE_Execute(op, this.#outputs, this.#outputCount, status);
      this.#api.check(name);
    } finally {
      call.TFE_DeleteOp(op);
    }
    return Array.from(
      this.#outputs.subarray(0, this.#outputCount[0]),
      (address) => this.#describe(required(Deno.UnsafePointer.create(address))),
    );
  }

  #addInputs(
    op: Deno.PointerObject,
    name: string,
    { inputs: defined }: OpDefinition,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
  ): void {
    const { call, status } = this.#api;
    let next = 0;
    for (const input of defined) {
      if (!input.list) {
        const id = inputs[next++];
        if (id === undefined) {
          throw new TensorFlowError(
            invalidArgument,
            `${name} takes ${defined.length} inputs. Received: ${inputs.length}`,
          );
        }
        call.TFE_OpAddInput(op, this.#handle(id), status);
      } else {
        const counted = attributes.find((attribute) => attribute.name === input.countedBy)?.value;
        const count = typeof counted === "number"
          ? counted
          : inputs.length - next - (defined.length - 1 - defined.indexOf(input));
        const list = inputs.slice(next, next += count).map((id) =>
          BigInt(Deno.UnsafePointer.value(this.#handle(id)))
        );
        call.TFE_OpAddInputList(op, BigUint64Array.from(list), list.length, status);
      }
      this.#api.check(`${name}, input ${input.name}`);
    }
    if (next !== inputs.length) {
      throw new TensorFlowError(
        invalidArgument,
        `${name} takes ${next} inputs. Received: ${inputs.length}`,
      );
    }
  }

  /**
   * Strings that the heap holds, as a tensor TensorFlow made itself: only such a tensor frees its
   * strings when its last user lets go of it. `StringJoin` of one list copies them.
   */
  #owningStrings(id: number, heap: readonly Deno.PointerObject[]): number {
    try {
      const attributes = [{ name: "N", type: AttributeType.int, value: 1 }];
      const [copy] = this.executeOp("StringJoin", attributes, [id], 1);
      return copy!.id;
    } finally {
      this.deleteTensor(id);
      for (const memory of heap) this.#api.call.free(memory);
    }
  }

  #keep(handle: Deno.PointerObject): number {
    const id = this.#nextId++;
    this.#handles.set(id, handle);
    return id;
  }

  #handle(id: number): Deno.PointerObject {
    const handle = this.#handles.get(id);
    if (handle === undefined) {
      throw new TensorFlowError(invalidArgument, `there is no tensor ${id}: it was disposed`);
    }
    return handle;
  }

  #describe(handle: Deno.PointerObject): TensorMetadata {
    const { call, status } = this.#api;
    const rank = call.TFE_TensorHandleNumDims(handle, status);
    const shape: number[] = [];
    for (let axis = 0; axis < rank; axis++) {
      shape.push(Number(call.TFE_TensorHandleDim(handle, axis, status)));
    }
    const dtype = call.TFE_TensorHandleDataType(handle);
    return { id: this.#keep(handle), shape, dtype };
  }

  #listDevices(): string[] {
    const { call, status } = this.#api;
    const list = required(call.TFE_ContextListDevices(this.#context, status));
    this.#api.check("listing devices");
    const kinds = Array.from({ length: call.TF_DeviceListCount(list) }, (_, index) => {
      const name = readCString(call.TF_DeviceListName(list, index, status));
      return /device:([A-Z_]+):/.exec(name)?.[1] ?? name;
    });
    call.TF_DeleteDeviceList(list);
    return kinds;
  }
}
