import protobuf from "protobufjs";
import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import type { Tensor } from "../graph/tensors.ts";
import { storedBytes, type StoredType, toFloats, toNumbers } from "../raw_values.ts";
import { countOf, rowArray } from "../weights_file.ts";
import type { FilesBeside } from "../graph/files_beside.ts";
import { type ExternalEntry, findExternal } from "./external_data.ts";
import type { MessageReader } from "../protobuf/message_reader.ts";
import { onnxTensor } from "./onnx_schema.ts";
import type { ByteRange } from "../protobuf/protobuf_fields.ts";

/** ONNX's numbers for the types that are read. */
const types: Readonly<Record<number, StoredType>> = {
  1: "F32",
  6: "I32",
  7: "I64",
  10: "F16",
  11: "F64",
  16: "BF16",
};

/** The numbers of `raw_data` and of the fields of one type each. */
const rawData = 9;
const [floatData, int32Data, int64Data, doubleData] = [4, 5, 7, 10];
const valueFields = [rawData, floatData, int32Data, int64Data, doubleData];
/** The field whose content has the same bytes as `raw_data`, for types that have one. */
const plainFields: Readonly<Record<string, number>> = { F32: floatData, F64: doubleData };
const external = 1;
/** An encoded number has at most ten bytes. */
const maxVarintBytes = 10;

interface TensorMessage {
  readonly name: string;
  readonly dims: readonly unknown[];
  readonly data_type: number;
  readonly external_data: readonly ExternalEntry[];
  readonly data_location: number;
}

/** A constant of a file; without values if it has a type that no weights have. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor?: Tensor;
}

/**
 * Finds the values of a tensor of an ONNX file, which are read on demand.
 *
 * @throws {WeightsError} If it has not as many values as its shape.
 */
export async function readTensor(
  reader: MessageReader,
  files: FilesBeside,
  message: ByteRange,
): Promise<NamedTensor> {
  const { bytes, separate } = await reader.split(message, valueFields);
  const decoded = onnxTensor.decode(bytes) as unknown as TensorMessage;
  const { name, data_type, external_data, data_location } = decoded;
  const shape = decoded.dims.map(Number);
  const type = types[data_type];
  if (!type) return { name };
  const count = countOf(shape);
  if (!Number.isSafeInteger(count) || shape.some((length) => length < 0)) {
    throw new WeightsError(`${name} cannot have shape [${shape}]`);
  }
  if (data_location === external) {
    const found = await findExternal(files, external_data, count * storedBytes(type));
    return { name, tensor: plain(found.file, found.from, shape, type) };
  }
  const [values, ...others] = separate;
  const found = values ? values.to - values.from : 0;
  const isPlain = !values || values.number === rawData || values.number === plainFields[type];
  const fits = isPlain
    ? found === count * storedBytes(type)
    : found >= count && found <= maxVarintBytes * count && isFieldOf(values.number, type);
  if (!fits || others.length > 0) {
    throw new WeightsError(
      `${name} of shape [${shape}] must have ${count} values. Received: ${found} bytes`,
    );
  }
  if (isPlain) return { name, tensor: plain(reader.file, values?.from ?? 0, shape, type) };
  await requireCount(reader.file, values, { name, count });
  return { name, tensor: encoded(reader.file, values, shape, type) };
}

function isFieldOf(field: number, type: string): boolean {
  return type === "I64" ? field === int64Data : field === int32Data && !/^F(32|64)$/.test(type);
}

function plain(
  file: Deno.FsFile,
  position: number,
  shape: readonly number[],
  type: StoredType,
): Tensor {
  const size = storedBytes(type);
  return rowArray(shape, async (start, count) => {
    const bytes = new Uint8Array(count * size);
    await readAt(file, position + start * size, bytes);
    return toNumbers(bytes, type);
  });
}

/** Checks that bytes hold a number of encoded numbers, the last byte of each of which has no highest bit. */
async function requireCount(
  file: Deno.FsFile,
  { from, to }: ByteRange,
  { name, count }: { name: string; count: number },
): Promise<void> {
  const bytes = await readAt(file, from, new Uint8Array(to - from));
  let [found, length] = [0, 0];
  for (const byte of bytes) {
    length += 1;
    if (length > maxVarintBytes) break;
    if (byte < 0x80) [found, length] = [found + 1, 0];
  }
  if (found === count && length === 0) return;
  throw new WeightsError(`${name} must have ${count} values. Received: ${found}`);
}

/** Numbers in protobuf's variable length; those of 16 bits are the bits of real ones. */
function encoded(
  file: Deno.FsFile,
  { from, to }: ByteRange,
  shape: readonly number[],
  type: StoredType,
): Tensor {
  const read = async (): Promise<Float32Array<ArrayBuffer>> => {
    const reader = protobuf.Reader.create(await readAt(file, from, new Uint8Array(to - from)));
    const length = countOf(shape);
    const integers = new Array<number>(length);
    for (let index = 0; index < length; index++) {
      integers[index] = type === "I64" ? Number(reader.int64()) : reader.int32();
    }
    if (type === "I32" || type === "I64") return Float32Array.from(integers);
    return toFloats(new Uint8Array(Uint16Array.from(integers).buffer), type);
  };
  return { shape, read };
}
