import { addressOf, type Pointer, pointerTo } from "../../open_library.ts";
import { type CApi, DataType, required, TensorFlowError } from "./capi/c_api.ts";
import { cString } from "./capi/c_string.ts";
import { addresses } from "./capi/eager_context.ts";

type Handle = Pointer;

/** A SavedModel's graph, with its variables in a session. */
interface Loaded {
  readonly session: Handle;
  readonly graph: Handle;
}

const outputBytes = 16;
const notFound = 5;
const unimplemented = 12;

/** The types of outputs that TensorFlow.js can hold. */
const readableTypes: readonly number[] = [
  ...[DataType.float32, DataType.int32, DataType.int64, DataType.uint8, DataType.bool],
  ...[DataType.string, DataType.complex64],
];

/** The SavedModels in memory by id, each in a `TF_Session`, which the C API reads from a folder. */
export class SavedModels {
  readonly #api: CApi;
  readonly #models = new Map<number, Loaded>();
  #nextId = 0;

  constructor(api: CApi) {
    this.#api = api;
  }

  /** The number of models. */
  get size(): number {
    return this.#models.size;
  }

  /**
   * Reads the graph and the variables of a SavedModel.
   *
   * @param folder The folder with `saved_model.pb`.
   * @param tags The tags of one of its graphs.
   * @returns The model's id; the caller deletes it.
   */
  load(folder: string, tags: readonly string[]): number {
    const { call, status } = this.#api;
    const texts = tags.map((tag) => this.#copyText(tag));
    const options = required(call.TF_NewSessionOptions());
    const graph = required(call.TF_NewGraph());
    const session = call.TF_LoadSessionFromSavedModel(
      ...[options, null, encode(folder), addresses(texts), tags.length, graph] as const,
      ...[null, status] as const,
    );
    call.TF_DeleteSessionOptions(options);
    for (const text of texts) call.free(text);
    try {
      this.#api.check(`loading the SavedModel ${folder}`);
    } catch (error) {
      call.TF_DeleteGraph(graph);
      throw error;
    }
    const id = this.#nextId++;
    this.#models.set(id, { session: required(session), graph });
    return id;
  }

  /**
   * Computes outputs of a model.
   *
   * @param inputs The graph's tensors by name, `operation:index`, with a value for each.
   * @param outputs Names of the graph's tensors.
   * @returns A handle for each output, which the caller owns.
   * @throws {TensorFlowError} If there is no such model or tensor, TensorFlow cannot compute it, or
   *   TensorFlow.js has no such type.
   */
  run(
    id: number,
    inputs: readonly (readonly [name: string, value: Handle])[],
    outputs: readonly string[],
  ): Handle[] {
    const { call, status } = this.#api;
    const { session, graph } = this.#get(id);
    const fed = this.#tensorsOf(graph, inputs.map(([name]) => name));
    const fetched = this.#tensorsOf(graph, outputs);
    this.#requireReadable(fetched, outputs);
    const results = new BigUint64Array(outputs.length);
    const values: Handle[] = [];
    try {
      for (const [, handle] of inputs) {
        const value = call.TFE_TensorHandleResolve(handle, status);
        this.#api.check("reading a tensor");
        values.push(required(value));
      }
      call.TF_SessionRun(
        ...[session, null, fed, addresses(values), values.length] as const,
        ...[fetched, results, outputs.length, null, 0, null, status] as const,
      );
      this.#api.check("running a SavedModel");
      return this.#takeTensors(results);
    } finally {
      for (const value of values) call.TF_DeleteTensor(value);
    }
  }

  /** Frees a model with its session. */
  delete(id: number): void {
    const { call, status } = this.#api;
    const { session, graph } = this.#get(id);
    this.#models.delete(id);
    call.TF_DeleteSession(session, status);
    call.TF_DeleteGraph(graph);
    this.#api.check("deleting a SavedModel");
  }

  /** A zero-terminated text in C memory, which the caller frees. */
  #copyText(text: string): Handle {
    const { call } = this.#api;
    const bytes = encode(text);
    const memory = required(call.malloc(BigInt(bytes.length)));
    call.copyIn(memory, bytes, BigInt(bytes.length));
    return memory;
  }

  #get(id: number): Loaded {
    const model = this.#models.get(id);
    if (model) return model;
    throw new TensorFlowError(notFound, `there is no SavedModel ${id}: it was deleted`);
  }

  /** `TF_Output`s of names such as `StatefulPartitionedCall:1`; without an index it is 0. */
  #tensorsOf(graph: Handle, names: readonly string[]): Uint8Array<ArrayBuffer> {
    const { call } = this.#api;
    const bytes = new Uint8Array(outputBytes * names.length);
    const view = new DataView(bytes.buffer);
    names.forEach((name, position) => {
      const [, operationName = name, index = "0"] = /^(.*):(\d+)$/.exec(name) ?? [];
      const operation = call.TF_GraphOperationByName(graph, cString(operationName));
      if (operation === null || Number(index) >= call.TF_OperationNumOutputs(operation)) {
        throw new TensorFlowError(notFound, `the SavedModel has no tensor ${name}`);
      }
      const offset = outputBytes * position;
      view.setBigUint64(offset, addressOf(operation), true);
      view.setInt32(offset + 8, Number(index), true);
    });
    return bytes;
  }

  #requireReadable(tensors: Uint8Array<ArrayBuffer>, names: readonly string[]): void {
    names.forEach((name, index) => {
      const output = tensors.slice(outputBytes * index, outputBytes * (index + 1));
      const type = this.#api.call.TF_OperationOutputType(output);
      if (readableTypes.includes(type)) return;
      throw new TensorFlowError(
        unimplemented,
        `TensorFlow.js has no type for ${name} of the SavedModel. Received: TF_DataType ${type}`,
      );
    });
  }

  /** Handles of new tensors, which are deleted. */
  #takeTensors(tensors: BigUint64Array): Handle[] {
    const { call, status } = this.#api;
    return Array.from(tensors, (address) => {
      const tensor = pointerTo(address);
      const handle = call.TFE_NewTensorHandle(tensor, status);
      call.TF_DeleteTensor(tensor);
      this.#api.check("creating a tensor");
      return required(handle);
    });
  }
}

/** `text` in zero-terminated UTF-8, not cached. */
function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
