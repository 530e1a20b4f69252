import { BufferReader, Parser } from "pickleparser";
import { WeightsError } from "../errors.ts";
import type { NumberType } from "../raw_values.ts";
import { countOf } from "../weights_file.ts";

/** A tensor of a state dictionary: the position of its values in a storage. */
export interface PickledTensor {
  readonly storage: string;
  readonly type: NumberType | "integers";
  /** The length of the storage, in numbers. */
  readonly storageLength: number;
  /** The position of the tensor's first value in the storage, in numbers. */
  readonly offset: number;
  readonly shape: readonly number[];
}

interface PickledStorage {
  readonly key: string;
  readonly type: PickledTensor["type"];
  readonly length: number;
}

/** The classes of storages that a pickle may name. None of its code is run: names become plain objects. */
const storageTypes: Readonly<Record<string, PickledTensor["type"]>> = {
  FloatStorage: "F32",
  DoubleStorage: "F64",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "integers",
};

/** Rejects lengths that no file can have. */
class StrictReader extends BufferReader {
  override uint64(): number {
    const [low, high] = [this.uint32(), this.uint32()];
    if (high >= 2 ** 20) throw new WeightsError("a length is out of range");
    return low + 2 ** 32 * high;
  }
}

/** Reads the consecutive pickles in the bytes of a PyTorch file. */
export class TorchPickles {
  readonly #reader: BufferReader;

  constructor(bytes: Uint8Array) {
    this.#reader = new StrictReader(bytes);
  }

  /** The position after the pickles that were read. */
  get position(): number {
    return this.#reader.position;
  }

  /**
   * Reads the value of the next pickle, with tensors as {@linkcode PickledTensor} and dictionaries as maps.
   *
   * @throws {WeightsError} If the pickle is damaged or names anything but tensors. What it names is neither
   *   looked up nor called.
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

/** Returns the tensors of a state dictionary by name; it may be nested under `state_dict` or `model`. */
export function tensorsOf(value: unknown): Map<string, PickledTensor> {
  const nested = value instanceof Map ? value.get("state_dict") ?? value.get("model") : undefined;
  const dictionary = nested instanceof Map ? nested : value;
  if (!(dictionary instanceof Map)) {
    throw new WeightsError("it does not contain a dictionary of tensors");
  }
  const tensors = new Map<string, PickledTensor>();
  for (const [name, tensor] of dictionary) {
    if (typeof name !== "string" || !isTensor(tensor)) {
      throw new WeightsError(`its ${describe(name)} is not a tensor`);
    }
    tensors.set(name, tensor);
  }
  return tensors;
}

/** Does not format lists, because a few nested ones can make a text of any length. */
function describe(value: unknown): string {
  return typeof value === "object" ? "list" : String(value).slice(0, 80);
}

class RefusedName extends WeightsError {}

// deno-lint-ignore no-explicit-any -- the parser's own type
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
    `it contains ${module}.${name} but only tensors are read; nothing in it was run. ` +
      "PyTorch writes a file of tensors with torch.save(model.state_dict(), PATH)",
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
  if (String(stride.filter((_, axis) => shape[axis] !== 1)) !== String(contiguousStrides(shape))) {
    throw new RefusedName(
      `a tensor must be contiguous, as tensor.contiguous() makes it. Received: shape [${shape}] ` +
        `with strides [${stride}]`,
    );
  }
  if (offset + countOf(shape) > length) throw new WeightsError("a tensor exceeds its storage");
  return { storage: key, type, storageLength: length, offset, shape };
}

/** The strides of a contiguous tensor, without the axes of length 1, whose strides do not matter. */
function contiguousStrides(shape: readonly number[]): number[] {
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
