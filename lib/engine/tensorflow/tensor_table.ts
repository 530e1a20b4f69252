import type { Pointer } from "../../open_library.ts";
import { type CApi, required, TensorFlowError } from "./capi/c_api.ts";

/** A tensor as tfjs-node's kernels know it. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** A tensor that is read when it is first used. */
interface Deferred {
  /** Returns a new handle, which the table owns. */
  readonly read: () => Pointer;
  readonly onDelete: () => void;
}

const invalidArgument = 3;

/** TensorFlow's tensor handles by id. The table owns each of them until it is deleted. */
export class TensorTable {
  readonly #api: CApi;
  readonly #handles = new Map<number, Pointer>();
  readonly #deferred = new Map<number, Deferred>();
  #nextId = 0;

  constructor(api: CApi) {
    this.#api = api;
  }

  /** The number of tensors, deferred ones included. */
  get size(): number {
    const read = [...this.#deferred.keys()].filter((id) => this.#handles.has(id)).length;
    return this.#handles.size + this.#deferred.size - read;
  }

  newId(): number {
    return this.#nextId++;
  }

  keep(handle: Pointer): number {
    const id = this.newId();
    this.#handles.set(id, handle);
    return id;
  }

  has(id: number): boolean {
    return this.#handles.has(id) || this.#deferred.has(id);
  }

  /** @throws {TensorFlowError} If the tensor was disposed of. */
  get(id: number): Pointer {
    const handle = this.#handles.get(id) ?? this.#read(id);
    if (handle === undefined) {
      throw new TensorFlowError(invalidArgument, `there is no tensor ${id}: it was disposed`);
    }
    return handle;
  }

  delete(id: number): void {
    const deferred = this.#deferred.get(id);
    if (!deferred) this.get(id);
    this.#free(id);
    this.#deferred.delete(id);
    deferred?.onDelete();
  }

  /** Adds a tensor that is read when it is first used. */
  defer(deferred: Deferred, id: number = this.newId()): number {
    this.#deferred.set(id, deferred);
    return id;
  }

  /** Frees the handle of a deferred tensor; the next use reads it again. */
  evict(id: number): void {
    if (this.#deferred.has(id)) this.#free(id);
  }

  /** Reads a deferred tensor and makes it an ordinary one, with its present values. */
  commit(id: number): void {
    this.get(id);
    this.#deferred.delete(id);
  }

  describe(handle: Pointer): Omit<TensorMetadata, "id"> {
    const { call, status } = this.#api;
    const rank = call.TFE_TensorHandleNumDims(handle, status);
    const shape: number[] = [];
    for (let axis = 0; axis < rank; axis++) {
      shape.push(Number(call.TFE_TensorHandleDim(handle, axis, status)));
    }
    this.#api.check("describing a tensor");
    return { shape, dtype: call.TFE_TensorHandleDataType(handle) };
  }

  /** Another handle of the same tensor, which the caller owns. */
  share(id: number): Pointer {
    const { call, status } = this.#api;
    const handle = call.TFE_TensorHandleCopySharingTensor(this.get(id), status);
    this.#api.check("sharing a tensor");
    return required(handle);
  }

  #read(id: number): Pointer | undefined {
    const handle = this.#deferred.get(id)?.read();
    if (handle) this.#handles.set(id, handle);
    return handle;
  }

  #free(id: number): void {
    const handle = this.#handles.get(id);
    if (handle) this.#api.call.TFE_DeleteTensorHandle(handle);
    this.#handles.delete(id);
  }
}
