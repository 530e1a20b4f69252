import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import { constantTensor, type Tensor } from "../graph/tensors.ts";
import type { ByteRange } from "../protobuf/protobuf_fields.ts";
import { storedBytes, type StoredType, toFloats, toNumbers } from "../raw_values.ts";
import { countOf, rowArray } from "../weights_file.ts";

/** TensorFlow's numbers for the types that are read. */
const types: Readonly<Record<number, StoredType>> = {
  1: "F32",
  2: "F64",
  3: "I32",
  9: "I64",
  14: "BF16",
  19: "F16",
};

/** The most values of a constant that is given as one value for all. */
const maxFilled = 2 ** 16;

/** A tensor as the schema decodes it. */
export interface TensorMessage {
  readonly dtype: number;
  readonly tensor_shape?: { readonly dim: readonly { readonly size: unknown }[] };
  readonly tensor_content: Uint8Array;
  readonly float_val: readonly number[];
  readonly double_val: readonly number[];
  readonly int_val: readonly number[];
  readonly int64_val: readonly unknown[];
  readonly half_val: readonly number[];
  readonly string_val: readonly Uint8Array[];
}

/** Returns the lengths of a shape's message. */
export function lengthsOf(
  shape: { readonly dim: readonly { readonly size: unknown }[] } | undefined,
): number[] {
  return (shape?.dim ?? []).map(({ size }) => Number(size));
}

/** @throws {WeightsError} If a shape has no possible number of values. */
function countIn(shape: readonly number[], name: string): number {
  const count = countOf(shape);
  if (!Number.isSafeInteger(count) || shape.some((length) => length < 0)) {
    throw new WeightsError(`${name} cannot have shape [${shape}]`);
  }
  return count;
}

/**
 * Returns a small constant; `undefined` for texts and other types that no weights have. Fewer values than
 * its shape has go on with the last one, as TensorFlow writes constants.
 *
 * @throws {WeightsError} If the values do not fit the shape.
 */
export function valuesOf(message: TensorMessage, name: string): Tensor | undefined {
  const type = types[message.dtype];
  if (!type) return undefined;
  const shape = lengthsOf(message.tensor_shape);
  const count = countIn(shape, name);
  const { tensor_content: content } = message;
  if (content.length > 0) {
    if (content.length !== count * storedBytes(type)) {
      throw new WeightsError(`${name} of shape [${shape}] has ${content.length} bytes`);
    }
    return constantTensor(toNumbers(Uint8Array.from(content), type), shape);
  }
  const numbers = type === "F16" || type === "BF16"
    ? toFloats(new Uint8Array(Uint16Array.from(message.half_val).buffer), type)
    : {
      F32: message.float_val,
      F64: message.double_val,
      I32: message.int_val,
      I64: message.int64_val,
    }[type];
  if (numbers.length > count || count > maxFilled) {
    throw new WeightsError(`${name} of shape [${shape}] has ${numbers.length} values`);
  }
  const values = Float32Array.from(
    { length: count },
    (_, index) => Number(numbers[Math.min(index, numbers.length - 1)] ?? 0),
  );
  return constantTensor(values, shape);
}

/** Returns a constant whose values stay in the file. */
export function storedTensor(
  file: Deno.FsFile,
  { from, to }: ByteRange,
  message: Pick<TensorMessage, "dtype" | "tensor_shape">,
  name: string,
): Tensor | undefined {
  const type = types[message.dtype];
  if (!type) return undefined;
  const shape = lengthsOf(message.tensor_shape);
  const size = storedBytes(type);
  if (to - from !== countIn(shape, name) * size) {
    throw new WeightsError(`${name} of shape [${shape}] has ${to - from} bytes`);
  }
  return rowArray(shape, async (start, count) => {
    const bytes = new Uint8Array(count * size);
    return toNumbers(await readAt(file, from + start * size, bytes), type);
  });
}
