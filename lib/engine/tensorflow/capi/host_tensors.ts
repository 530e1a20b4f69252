import { addressOf, type Pointer, pointerTo } from "../../../open_library.ts";
import { bytesPerElement, type CApi, DataType, required, TensorFlowError } from "./c_api.ts";
import { elementCount, requireStrings } from "./validate.ts";

/** A tensor's values, as TensorFlow.js passes and gets them. */
export type Values =
  | Float32Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | Uint8Array[]
  | string[];

const encoder = new TextEncoder();
const stringBytes = 24;
/** The longest string that fits into a `TF_TString` itself. */
const maxInlineBytes = 22;
const invalidArgument = 3;

/** A new `TF_Tensor` and the memory of its strings. */
export interface HostTensor {
  /** The caller deletes it. */
  readonly tensor: Pointer;
  /** Memory of long strings, which the caller frees after the tensor. */
  readonly allocations: readonly Pointer[];
}

/**
 * Makes a `TF_Tensor` with a copy of `values`. It must be a copy, as an op's output may share its
 * input's memory and outlive it.
 *
 * @throws {TensorFlowError} If the shape, the type and the values do not fit together.
 */
export function toTensor(
  api: CApi,
  shape: readonly number[],
  dataType: number,
  values: Values,
): HostTensor {
  const allocations: Pointer[] = [];
  const count = elementCount(shape);
  const bytes = dataType === DataType.string
    ? packStrings(api, shape, count, values, allocations)
    : plainBytes(shape, count, dataType, values);
  const tensor = required(
    api.call.TF_AllocateTensor(
      dataType,
      BigInt64Array.from(shape, BigInt),
      shape.length,
      BigInt(bytes.length),
    ),
  );
  if (bytes.length > 0) {
    api.call.copyIn(api.call.TF_TensorData(tensor), bytes, BigInt(bytes.length));
  }
  return { tensor, allocations };
}

/**
 * Copies the values of a `TF_Tensor`.
 *
 * @throws {TensorFlowError} If TensorFlow.js has no such type.
 */
export function fromTensor(api: CApi, tensor: Pointer): Values {
  const dataType = api.call.TF_TensorType(tensor);
  const bytes = new Uint8Array(Number(api.call.TF_TensorByteSize(tensor)));
  const data = api.call.TF_TensorData(tensor);
  if (bytes.length > 0) api.call.copyOut(bytes, data, BigInt(bytes.length));
  switch (dataType) {
    case DataType.float32:
    case DataType.complex64:
      return new Float32Array(bytes.buffer);
    case DataType.int32:
      return new Int32Array(bytes.buffer);
    case DataType.int64:
      return new BigInt64Array(bytes.buffer);
    case DataType.bool:
    case DataType.uint8:
    case DataType.resource:
      return bytes;
    case DataType.string:
      return unpackStrings(api, bytes, data);
  }
  throw new TensorFlowError(invalidArgument, `cannot read a tensor of TF_DataType ${dataType}`);
}

function plainBytes(
  shape: readonly number[],
  count: number,
  dataType: number,
  values: Values,
): Uint8Array<ArrayBuffer> {
  const width = bytesPerElement[dataType];
  if (width === undefined || !ArrayBuffer.isView(values)) {
    throw new TensorFlowError(invalidArgument, `cannot make a tensor of TF_DataType ${dataType}`);
  }
  const expected = count * width;
  if (values.byteLength !== expected) {
    throw new TensorFlowError(
      invalidArgument,
      `a tensor of shape [${shape}] takes ${expected} bytes. Received: ${values.byteLength}`,
    );
  }
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
}

/**
 * Packs strings as `TF_TString`s, written by hand since the C API does not export them: up to 22 bytes
 * inline (`size << 2`), longer ones on the heap (`size << 2 | 1`, capacity, pointer).
 */
function packStrings(
  api: CApi,
  shape: readonly number[],
  count: number,
  values: Values,
  allocations: Pointer[],
): Uint8Array<ArrayBuffer> {
  requireStrings(values);
  if (values.length !== count) {
    throw new TensorFlowError(
      invalidArgument,
      `a tensor of shape [${shape}] takes ${count} strings. Received: ${values.length}`,
    );
  }
  const packed = new Uint8Array(values.length * stringBytes);
  const view = new DataView(packed.buffer);
  values.forEach((value, index) => {
    const text = typeof value === "string" ? encoder.encode(value) : value.slice();
    const offset = index * stringBytes;
    if (text.length <= maxInlineBytes) {
      packed[offset] = text.length << 2;
      packed.set(text, offset + 1);
      return;
    }
    const memory = required(api.call.malloc(BigInt(text.length)));
    allocations.push(memory);
    api.call.copyIn(memory, text, BigInt(text.length));
    view.setBigUint64(offset, BigInt(text.length) << 2n | 1n, true);
    view.setBigUint64(offset + 8, BigInt(text.length), true);
    view.setBigUint64(offset + 16, addressOf(memory), true);
  });
  return packed;
}

/** Unpacks `TF_TString`s of all four kinds: small, large, offset (from the string itself) and view. */
function unpackStrings(
  api: CApi,
  packed: Uint8Array<ArrayBuffer>,
  data: Pointer | null,
): Uint8Array[] {
  const view = new DataView(packed.buffer);
  const base = addressOf(data);
  const strings: Uint8Array[] = [];
  for (let offset = 0; offset < packed.length; offset += stringBytes) {
    const first = view.getUint8(offset);
    const kind = first & 3;
    if (kind === 0) {
      strings.push(packed.slice(offset + 1, offset + 1 + (first >> 2)));
      continue;
    }
    const length = kind === 2
      ? view.getUint32(offset, true) >>> 2
      : Number(view.getBigUint64(offset, true) >> 2n);
    const address = kind === 1
      ? view.getBigUint64(offset + 16, true)
      : kind === 2
      ? base + BigInt(offset) + BigInt(view.getUint32(offset + 4, true))
      : view.getBigUint64(offset + 8, true);
    const text = new Uint8Array(length);
    if (length > 0) api.call.copyOut(text, pointerTo(address), BigInt(length));
    strings.push(text);
  }
  return strings;
}
