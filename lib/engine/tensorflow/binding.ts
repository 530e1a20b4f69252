import type { Pointer } from "../../open_library.ts";
import type { ClusterSpec } from "../cluster.ts";
import type { Precision } from "../compile.ts";
import { CompileError } from "../errors.ts";
import { AttributeType, type OpAttribute } from "./capi/attributes.ts";
import { type CApi, DataType, required } from "./capi/c_api.ts";
import { EagerContext } from "./capi/eager_context.ts";
import { fromTensor, toTensor, type Values } from "./capi/host_tensors.ts";
import { SavedModels } from "./saved_models.ts";
import { type TensorMetadata, TensorTable } from "./tensor_table.ts";

export type { TensorMetadata };

/** Takes TensorFlow's place while a function is traced. */
export interface TraceBackend {
  readonly precision: Precision;
  /** Runs `compute` in float32, whatever the precision. */
  inFloat32<T>(compute: () => T): T;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  /** The tensor with a control dependency on `until`: it is not computed before that. */
  withControlDependency(id: number, until: number): TensorMetadata;
  /** Whether a tensor depends only on variables, so that it is computed once and kept. */
  isKept(id: number): boolean;
  /** The same tensor under another id, even if it was disposed of. */
  revive(id: number): TensorMetadata;
  /** `undefined` if the function did not make the values, so that the tensor is a captured one. */
  createTensor(shape: readonly number[], dtype: number, values: Values): number | undefined;
  /** Whether a tensor belongs to the trace and has no values. */
  isTraced(id: number): boolean;
  deleteTensor(id: number): void;
  /** @throws {CompileError} Always: there are no values to read. */
  tensorDataSync(id: number): never;
  /** @throws {CompileError} Always: a compiled function cannot call another one, here `name`. */
  refuseCompiled(name: string): never;
}

/**
 * tfjs-node's `TFJSBinding` over TensorFlow's eager C API, in place of the C++ addon. tfjs-node's
 * JavaScript reaches TensorFlow only through these methods.
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
  readonly savedModels: SavedModels;
  /** Set while a function is traced: it then gets all ops, and nothing is computed. */
  tracer: TraceBackend | undefined;
  readonly #api: CApi;

  /** @param cluster The cluster in which this process is a worker. */
  constructor(api: CApi, cluster?: ClusterSpec) {
    this.#api = api;
    this.context = new EagerContext(api, cluster);
    this.tensors = new TensorTable(api);
    this.savedModels = new SavedModels(api);
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
    const traced = this.tracer?.createTensor(shape, dtype, values);
    if (traced !== undefined) return traced;
    const { call, status } = this.#api;
    const { tensor, allocations } = toTensor(this.#api, shape, dtype, values);
    try {
      const handle = call.TFE_NewTensorHandle(tensor, status);
      call.TF_DeleteTensor(tensor);
      this.#api.check("creating a tensor");
      const id = this.tensors.keep(required(handle));
      return allocations.length > 0 ? this.#copyStrings(id) : id;
    } finally {
      for (const memory of allocations) call.free(memory);
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

  /** Like {@linkcode tensorDataSync}, but waits for the device on another thread. */
  async tensorDataAsync(id: number): Promise<Values> {
    if (this.tracer?.isTraced(id)) return this.tracer.tensorDataSync(id);
    const { call } = this.#api;
    // A second handle, as the tensor may be disposed of meanwhile.
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

  /** The same tensor; in a traced function, with a control dependency on `until`. */
  withControlDependency(id: number, until: number): TensorMetadata {
    return this.tracer?.withControlDependency(id, until) ?? this.adopt(this.tensors.share(id));
  }

  /** Takes ownership of a handle, and describes it for tfjs-node's kernels. */
  adopt(handle: Pointer): TensorMetadata {
    return { ...this.tensors.describe(handle), id: this.tensors.keep(handle) };
  }

  /** @param tags Separated by commas. */
  loadSavedModel(folder: string, tags: string): number {
    return this.savedModels.load(folder, tags.split(","));
  }

  /**
   * @param inputNames The names of the graph's tensors that `inputs` are for, separated by commas.
   * @param outputNames The names of the graph's tensors to compute, separated by commas.
   * @throws {CompileError} While a function is traced.
   */
  runSavedModel(
    id: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): TensorMetadata[] {
    if (this.tracer) throw new CompileError("a compiled function cannot run a SavedModel");
    const names = inputNames.split(",");
    if (names.length !== inputs.length) {
      throw new Error(
        `Length of input op names (${names.length}) does not match the length of input tensors ` +
          `(${inputs.length}).`,
      );
    }
    const values = inputs.map((input, index) => [names[index]!, this.tensors.get(input)] as const);
    return this.savedModels.run(id, values, outputNames.split(","))
      .map((handle) => this.adopt(handle));
  }

  deleteSavedModel(id: number): void {
    this.savedModels.delete(id);
  }

  getNumOfSavedModels(): number {
    return this.savedModels.size;
  }

  /** Copies the values of a host tensor and deletes it. */
  #takeValues(tensor: Pointer | null): Values {
    try {
      return fromTensor(this.#api, required(tensor));
    } finally {
      this.#api.call.TF_DeleteTensor(tensor);
    }
  }

  /**
   * Replaces a tensor whose strings are in memory of this process by a copy that TensorFlow made: only such a tensor
   * frees its strings with its last handle. `StringJoin` of one tensor copies it.
   */
  #copyStrings(id: number): number {
    try {
      const attributes = [{ name: "N", type: AttributeType.int, value: 1 }];
      const [copy] = this.executeOp("StringJoin", attributes, [id], 1);
      return copy!.id;
    } finally {
      this.deleteTensor(id);
    }
  }
}
