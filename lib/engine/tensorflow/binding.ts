import type { ClusterSpec } from "../cluster.ts";
import type { Precision } from "../compile.ts";
import { AttributeType, type OpAttribute } from "./capi/attributes.ts";
import { type CApi, DataType, required } from "./capi/c_api.ts";
import { fromTensor, toTensor, type Values } from "./capi/host_tensors.ts";
import { EagerContext } from "./capi/eager_context.ts";
import { type TensorMetadata, TensorTable } from "./tensor_table.ts";

export type { TensorMetadata };

/** What takes TensorFlow's place while a function is being recorded. */
export interface TraceBackend {
  readonly precision: Precision;
  /** Records in float32, whatever the precision. */
  inFloat32<T>(record: () => T): T;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  /** The same tensor, but not before another one is there. */
  withControlDependency(id: number, until: number): TensorMetadata;
  /** Gives nothing where the values are none that the function made: the tensor is one from outside. */
  createTensor(shape: readonly number[], dtype: number, values: Values): number | undefined;
  /** Whether a tensor is one of the recording, which has no values. */
  isTraced(id: number): boolean;
  deleteTensor(id: number): void;
  /** Throws: there is nothing to read. */
  tensorDataSync(id: number): never;
  /** Throws: another compiled function, of this name, would be recorded or run in between. */
  refuseCompiled(name: string): never;
}

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
  readonly devices: readonly string[];

  readonly context: EagerContext;
  readonly tensors: TensorTable;
  /** Set while a function is traced: ops then go to it and nothing is computed. */
  tracer: TraceBackend | undefined;
  readonly #api: CApi;

  constructor(api: CApi, place?: ClusterSpec) {
    this.#api = api;
    this.context = new EagerContext(api, place);
    this.tensors = new TensorTable(api);
    this.TF_Version = api.version;
    this.devices = this.context.listDevices();
  }

  isUsingGpuDevice(): boolean {
    return this.devices.includes("GPU");
  }

  getNumOfTensors(): number {
    return this.tensors.size;
  }

  createTensor(shape: number[], dtype: number, values: Values): number {
    const recorded = this.tracer?.createTensor(shape, dtype, values);
    if (recorded !== undefined) return recorded;
    const { call, status } = this.#api;
    const { tensor, heap } = toTensor(this.#api, shape, dtype, values);
    try {
      const handle = call.TFE_NewTensorHandle(tensor, status);
      call.TF_DeleteTensor(tensor);
      this.#api.check("creating a tensor");
      const id = this.tensors.keep(required(handle));
      return heap.length > 0 ? this.#owningStrings(id) : id;
    } finally {
      for (const memory of heap) call.free(memory);
    }
  }

  deleteTensor(id: number): void {
    if (this.tracer?.isTraced(id)) this.tracer.deleteTensor(id);
    else this.tensors.delete(id);
  }

  tensorDataSync(id: number): Values {
    if (this.tracer?.isTraced(id)) return this.tracer.tensorDataSync(id);
    const { call, status } = this.#api;
    const tensor = call.TFE_TensorHandleResolve(this.tensors.get(id), status);
    this.#api.check("reading a tensor");
    return this.#takeValues(tensor);
  }

  /** The same; another thread waits for a device that is still computing, and the event loop goes on. */
  async tensorDataAsync(id: number): Promise<Values> {
    if (this.tracer?.isTraced(id)) return this.tracer.tensorDataSync(id);
    const { call } = this.#api;
    // A handle of its own: the tensor may be disposed of meanwhile.
    const handle = this.tensors.share(id);
    const status = required(call.TF_NewStatus());
    try {
      const tensor = await call.resolveAsync(handle, status);
      this.#api.check("reading a tensor", status);
      return this.#takeValues(tensor);
    } finally {
      this.context.release(handle);
      call.TF_DeleteStatus(status);
    }
  }

  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    if (this.tracer) return this.tracer.executeOp(name, attributes, inputs, outputs);
    const handles = inputs.map((id) => this.tensors.get(id));
    return this.context.run(name, attributes, handles, outputs).map((handle) => this.adopt(handle));
  }

  /** The same tensor again; while a function is recorded, one that comes no sooner than another. */
  withControlDependency(id: number, until: number): TensorMetadata {
    return this.tracer?.withControlDependency(id, until) ?? this.adopt(this.tensors.share(id));
  }

  /** Takes a handle over, and describes it as tfjs-node's kernels want it. */
  adopt(handle: Deno.PointerObject): TensorMetadata {
    return { ...this.tensors.describe(handle), id: this.tensors.keep(handle) };
  }

  /** Copies what a tensor of the host holds, and deletes it. */
  #takeValues(tensor: Deno.PointerValue): Values {
    try {
      return fromTensor(this.#api, required(tensor));
    } finally {
      this.#api.call.TF_DeleteTensor(tensor);
    }
  }

  /**
   * Strings that the heap holds, as a tensor TensorFlow made itself: only such a tensor frees its
   * strings when its last user lets go of it. `StringJoin` of one list copies them.
   */
  #owningStrings(id: number): number {
    try {
      const attributes = [{ name: "N", type: AttributeType.int, value: 1 }];
      const [copy] = this.executeOp("StringJoin", attributes, [id], 1);
      return copy!.id;
    } finally {
      this.deleteTensor(id);
    }
  }
}
