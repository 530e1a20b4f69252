import { BufferReader, Parser } from "pickleparser";
import { WeightsError } from "../errors.ts";
import type { NumberType } from "../number_types.ts";
import { countOf } from "../weights_file.ts";

/** A tensor of a state dictionary: where its values lie in which storage. */
export interface PickledTensor {
  readonly storage: string;
  readonly type: NumberType | "integers";
  /** Of the storage and of the tensor's first value in it, in numbers. */
  readonly storageLength: number;
  readonly offset: number;
  readonly shape: readonly number[];
}

interface PickledStorage {
  readonly key: string;
  readonly type: PickledTensor["type"];
  readonly length: number;
}

/** What a state dictionary may name: nothing of a pickle is ever run, these build plain objects. */
const storageTypes: Readonly<Record<string, PickledTensor["type"]>> = {
  FloatStorage: "F32",
  DoubleStorage: "F64",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "integers",
};

/** Lengths that no file has end a pickle. */
class StrictReader extends BufferReader {
  override uint64(): number {
    const [low, high] = [this.uint32(), this.uint32()];
    if (high >= 2 ** 20) throw new WeightsError("a length is out of range");
    return low + 2 ** 32 * high;
  }
}

/** Reads pickles that lie one after the other in the bytes of a PyTorch file. */
export class TorchPickles {
  readonly #reader: BufferReader;

  constructor(bytes: Uint8Array) {
    this.#reader = new StrictReader(bytes);
  }

  /** How many bytes the pickles that were read took. */
  get position(): number {
    return this.#reader.position;
  }

  /**
   * The next pickle's value; tensors come as {@linkcode PickledTensor}, dictionaries as maps.
   *
   * @throws {WeightsError} Where the pickle is damaged, or names anything but tensors: whatever that is, it
   *   is neither looked up nor called.
   */
  next(): unknown {
    const parser = new Parser({
      nameResolver: { resolve },
      persistentResolver: { resolve: (id) => storageOf(id) },
      unpicklingTypeOfDictionary: "Map",
    });
    try {
      return parser.read(this.#reader);
    } catch (error) {
      throw error instanceof RefusedName ? error : new WeightsError("its pickle is damaged");
    }
  }
}

/** The tensors of a state dictionary by name; one that lies under `state_dict` or `model` is found. */
export function tensorsOf(value: unknown): Map<string, PickledTensor> {
  const nested = value instanceof Map ? value.get("state_dict") ?? value.get("model") : undefined;
  const dictionary = nested instanceof Map ? nested : value;
  if (!(dictionary instanceof Map)) throw new WeightsError("it holds no dictionary of tensors");
  const tensors = new Map<string, PickledTensor>();
  for (const [name, tensor] of dictionary) {
    if (typeof name !== "string" || !isTensor(tensor)) {
      throw new WeightsError(`its ${shown(name)} is no tensor`);
    }
    tensors.set(name, tensor);
  }
  return tensors;
}

/** A few nested lists can make a text of any length: lists are not shown. */
function shown(value: unknown): string {
  return typeof value === "object" ? "list" : String(value).slice(0, 80);
}

class RefusedName extends WeightsError {}

// deno-lint-ignore no-explicit-any -- the parser's own type of what a name stands for
type Callable = (...args: any[]) => unknown;

function resolve(module: string, name: string): Callable {
  const type = module === "torch" ? storageTypes[name] : undefined;
  if (type) return Object.assign(() => refuse(module, name), { type });
  switch (`${module}.${name}`) {
    case "collections.OrderedDict":
      return () => new Map();
    case "torch._utils._rebuild_tensor":
    case "torch._utils._rebuild_tensor_v2":
      return rebuildTensor;
    case "torch._utils._rebuild_parameter":
      return (tensor: unknown) => tensor;
  }
  return refuse(module, name);
}

function refuse(module: string, name: string): never {
  throw new RefusedName(
    `it names ${module}.${name}, and only tensors are read: nothing in it was run. ` +
      "PyTorch writes such a file with torch.save(model.state_dict(), PATH)",
  );
}

function storageOf(id: unknown): PickledStorage {
  const [kind, type, key, , length] = Array.isArray(id) ? id : [];
  const isType = typeof type === "function" && "type" in type;
  if (kind !== "storage" || !isType || typeof key !== "string" || !isLength(length)) {
    throw new WeightsError("a storage is malformed");
  }
  return { key, type: type.type as PickledTensor["type"], length };
}

function rebuildTensor(
  storage: unknown,
  offset: unknown,
  shape: unknown,
  stride: unknown,
): PickledTensor {
  if (!isStorage(storage) || !isLength(offset) || !areLengths(shape) || !areLengths(stride)) {
    throw new WeightsError("a tensor is malformed");
  }
  const { key, type, length } = storage;
  if (String(stride.filter((_, axis) => shape[axis] !== 1)) !== String(rowByRow(shape))) {
    throw new RefusedName(
      `a tensor of shape [${shape}] lies in memory with strides [${stride}], and only tensors that lie ` +
        "row by row are read: tensor.contiguous() makes it one",
    );
  }
  if (offset + countOf(shape) > length) throw new WeightsError("a tensor leaves its storage");
  return { storage: key, type, storageLength: length, offset, shape };
}

/** The strides of a tensor that lies row by row, of its axes that are longer than 1. */
function rowByRow(shape: readonly number[]): number[] {
  return shape.flatMap((length, axis) => length === 1 ? [] : [countOf(shape.slice(axis + 1))]);
}

function isStorage(value: unknown): value is PickledStorage {
  return typeof value === "object" && value !== null && "key" in value && "length" in value;
}

function isTensor(value: unknown): value is PickledTensor {
  return typeof value === "object" && value !== null && "storage" in value && "shape" in value;
}

function areLengths(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isLength);
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
