import { addressOf, type Pointer, pointerTo } from "../../../open_library.ts";
import type { ClusterSpec } from "../../cluster.ts";
import { startServer } from "../distributed/server_def.ts";
import { eagerSetters, type OpAttribute, setAttribute } from "./attributes.ts";
import { type CApi, readCString, required } from "./c_api.ts";
import { cString } from "./c_string.ts";
import { groupInputs, OpDefinitions } from "./op_definitions.ts";
import { requireOutputs } from "./validate.ts";

type Handle = Pointer;

/**
 * A `ConfigProto` (tensorflow/core/protobuf/config.proto) with only `allow_soft_placement`. TensorFlow
 * optimizes a function's graph, fusing operations, only if the call has a config.
 */
const functionConfig = Uint8Array.of(7 << 3, 1);

const pointerBytes = 8;

/** A `TFE_Context`: runs TensorFlow's ops, and functions made of them. */
export class EagerContext {
  readonly api: CApi;
  readonly handle: Handle;
  readonly definitions: OpDefinitions;
  readonly #setters: ReturnType<typeof eagerSetters>;
  readonly #outputCount = new Int32Array(1);
  #outputs = new BigUint64Array(8);

  /** @param cluster The cluster in which this process is a worker. */
  constructor(api: CApi, cluster?: ClusterSpec) {
    this.api = api;
    this.definitions = new OpDefinitions(api);
    this.#setters = eagerSetters(api);
    const options = required(api.call.TFE_NewContextOptions());
    const handle = api.call.TFE_NewContext(options, api.status);
    api.call.TFE_DeleteContextOptions(options);
    api.check("starting TensorFlow");
    this.handle = required(handle);
    if (cluster) startServer(api, this.handle, cluster);
  }

  /** Runs an op. The caller owns the returned handles. */
  run(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Handle[],
    outputs: number,
  ): Handle[] {
    requireOutputs(outputs);
    const op = this.#call(name, attributes, inputs);
    try {
      return this.#execute(op, name, outputs);
    } finally {
      this.api.call.TFE_DeleteOp(op);
    }
  }

  /** Like {@linkcode run}, but on another thread. */
  async runAsync(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Handle[],
    outputs: number,
  ): Promise<Handle[]> {
    requireOutputs(outputs);
    return await this.#executeAsync(this.#call(name, attributes, inputs), outputs);
  }

  /** Runs a function of the context. The caller owns the returned handles. */
  runFunction(name: string, inputs: readonly Handle[], outputs: number): Handle[] {
    const op = this.#functionCall(name, inputs);
    try {
      return this.#execute(op, name, outputs);
    } finally {
      this.api.call.TFE_DeleteOp(op);
    }
  }

  /** Like {@linkcode runFunction}, but on another thread. */
  async runFunctionAsync(
    name: string,
    inputs: readonly Handle[],
    outputs: number,
  ): Promise<Handle[]> {
    return await this.#executeAsync(this.#functionCall(name, inputs), outputs);
  }

  /** Removes a function from the context. */
  removeFunction(name: string): void {
    this.api.call.TFE_ContextRemoveFunction(this.handle, cString(name), this.api.status);
    this.api.check(name);
  }

  /** Deletes a tensor handle. */
  release(handle: Handle): void {
    this.api.call.TFE_DeleteTensorHandle(handle);
  }

  /** The kinds of the devices that TensorFlow sees: `CPU`, `GPU`. */
  listDevices(): string[] {
    const { call, status } = this.api;
    const list = required(call.TFE_ContextListDevices(this.handle, status));
    this.api.check("listing devices");
    const kinds = Array.from({ length: call.TF_DeviceListCount(list) }, (_, index) => {
      const name = readCString(call.TF_DeviceListName(list, index, status));
      return /device:([A-Z_]+):/.exec(name)?.[1] ?? name;
    });
    call.TF_DeleteDeviceList(list);
    return kinds;
  }

  #newOp(name: string): Handle {
    const op = this.api.call.TFE_NewOp(this.handle, cString(name), this.api.status);
    this.api.check(name);
    return required(op);
  }

  #call(name: string, attributes: readonly OpAttribute[], inputs: readonly Handle[]): Handle {
    const definition = this.definitions.get(name);
    const op = this.#newOp(name);
    const { call, status } = this.api;
    try {
      for (const { argument, list, items } of groupInputs(name, definition, attributes, inputs)) {
        if (list) call.TFE_OpAddInputList(op, addresses(items), items.length, status);
        else call.TFE_OpAddInput(op, items[0]!, status);
        this.api.check(`${name}, input ${argument}`);
      }
      for (const attribute of attributes) {
        const definedType = definition.attributes.get(attribute.name);
        setAttribute(this.#setters, op, name, definedType, attribute);
      }
      return op;
    } catch (error) {
      call.TFE_DeleteOp(op);
      throw error;
    }
  }

  #functionCall(name: string, inputs: readonly Handle[]): Handle {
    const { call, status } = this.api;
    const op = this.#newOp(name);
    try {
      for (const input of inputs) {
        call.TFE_OpAddInput(op, input, status);
        this.api.check(`${name}, an input`);
      }
      const key = cString("config_proto");
      call.TFE_OpSetAttrString(op, key, functionConfig, BigInt(functionConfig.length));
      return op;
    } catch (error) {
      call.TFE_DeleteOp(op);
      throw error;
    }
  }

  #execute(op: Handle, name: string, outputs: number): Handle[] {
    const { call, status } = this.api;
    if (outputs > this.#outputs.length) this.#outputs = new BigUint64Array(outputs);
    this.#outputCount[0] = outputs;
    call.TFE_Execute(op, this.#outputs, this.#outputCount, status);
    this.api.check(name);
    return pointers(this.#outputs, this.#outputCount[0] ?? 0);
  }

  /**
   * Runs an op on another thread. Its results go to C memory: if the process ends meanwhile, Deno frees
   * JavaScript's memory while the thread still writes.
   */
  async #executeAsync(op: Handle, outputs: number): Promise<Handle[]> {
    const { call } = this.api;
    const results = required(call.malloc(BigInt(pointerBytes * (outputs + 1))));
    const count = required(pointerTo(addressOf(results) + BigInt(pointerBytes * outputs)));
    call.copyIn(count, Int32Array.of(outputs), 4n);
    const status = required(call.TF_NewStatus());
    try {
      await call.executeAsync(op, results, count, status);
      this.api.check(undefined, status);
      const counted = new Int32Array(1);
      call.copyOut(counted, count, 4n);
      const list = new BigUint64Array(counted[0] ?? 0);
      call.copyOut(list, results, BigInt(list.byteLength));
      return pointers(list, list.length);
    } finally {
      call.TFE_DeleteOp(op);
      call.TF_DeleteStatus(status);
      call.free(results);
    }
  }
}

/** An array of pointers for the C API. */
export function addresses(items: readonly Handle[]): BigUint64Array<ArrayBuffer> {
  return BigUint64Array.from(items, addressOf);
}

function pointers(list: BigUint64Array, count: number): Handle[] {
  return Array.from(
    list.subarray(0, count),
    (address) => required(pointerTo(address)),
  );
}
