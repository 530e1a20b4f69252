import { PickledName, PickledObject, PickledReference } from "../../files/pickle/pickled.ts";
import { WeightsError } from "../errors.ts";
import type { NumberType } from "../raw_values.ts";

/** A tensor in a pickle: where its values are in a storage. */
export interface PickledTensor {
  readonly storage: PickledStorage;
  /** The position of the tensor's first value in the storage, in numbers. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** The distance of neighbors along each axis, in numbers. */
  readonly strides: readonly number[];
}

/** A storage that a pickle refers to. */
export interface PickledStorage {
  readonly key: string;
  /** `undefined` for numbers that are not real, such as integers. */
  readonly type: NumberType | undefined;
  readonly bytesPerNumber: number;
  /** The number of numbers. */
  readonly length: number;
  /** The position of the first of them in what is stored, in numbers. */
  readonly start: number;
}

/** PyTorch's classes of storages: the type of real numbers, and the bytes of a number. */
const storageTypes: Readonly<Record<string, readonly [NumberType | undefined, number]>> = {
  FloatStorage: ["F32", 4],
  DoubleStorage: ["F64", 8],
  HalfStorage: ["F16", 2],
  BFloat16Storage: ["BF16", 2],
  LongStorage: [undefined, 8],
  IntStorage: [undefined, 4],
  ShortStorage: [undefined, 2],
  CharStorage: [undefined, 1],
  ByteStorage: [undefined, 1],
  BoolStorage: [undefined, 1],
  UntypedStorage: [undefined, 1],
  ComplexFloatStorage: [undefined, 8],
  ComplexDoubleStorage: [undefined, 16],
  QInt8Storage: [undefined, 1],
  QUInt8Storage: [undefined, 1],
  QInt32Storage: [undefined, 4],
};

/** A tensor has at most 25 axes in PyTorch. */
const maxAxes = 25;

/** Returns a tensor that PyTorch's functions would build from the arguments; none of them is called. */
export function tensorIn(value: unknown): PickledTensor | undefined {
  if (!(value instanceof PickledObject) || !(value.type instanceof PickledName)) return undefined;
  const { args } = value;
  switch (`${value.type}`) {
    case "torch._utils._rebuild_tensor":
    case "torch._utils._rebuild_tensor_v2":
    case "torch._utils._rebuild_tensor_v3":
      return viewOf(args);
    case "torch._utils._rebuild_parameter":
    case "torch._utils._rebuild_parameter_with_state":
    case "torch.nn.parameter.Parameter":
      return tensorIn(args[0]);
    case "torch._tensor._rebuild_from_type_v2":
      // A subclass, or a tensor with attributes: the function and its arguments.
      return Array.isArray(args[2]) ? tensorIn(new PickledObject(args[0], args[2])) : undefined;
  }
  return undefined;
}

function viewOf([reference, offset, shape, strides]: readonly unknown[]): PickledTensor {
  const storage = storageOf(reference);
  const fits = storage && isLength(offset) && areLengths(shape) && areLengths(strides) &&
    shape.length === strides.length;
  if (!fits) throw new WeightsError("a tensor is malformed");
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, offset);
  if (!shape.includes(0) && last >= storage.length) {
    throw new WeightsError("a tensor exceeds its storage");
  }
  return { storage, offset, shape, strides };
}

/** Returns the storage that a reference in a pickle stands for. */
export function storageOf(reference: unknown): PickledStorage | undefined {
  const id = reference instanceof PickledReference ? reference.id : undefined;
  const [kind, type, key, , length, view] = Array.isArray(id) ? id : [];
  if (kind !== "storage") return undefined;
  const known = type instanceof PickledName ? storageTypes[type.name] : undefined;
  if (!known || typeof key !== "string" || !isLength(length)) {
    throw new WeightsError("a storage is malformed");
  }
  // Before version 1.0 a storage could be a view of another: its key, offset and length.
  const [, start = 0] = Array.isArray(view) ? view : [];
  if (!isLength(start)) throw new WeightsError("a storage is malformed");
  return { key, type: known[0], bytesPerNumber: known[1], length, start };
}

function areLengths(value: unknown): value is number[] {
  // A tuple: a list could be changed after the tensor was made.
  return Array.isArray(value) && Object.isFrozen(value) && value.length <= maxAxes &&
    value.every(isLength);
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
