import { WeightsError } from "../errors.ts";
import { countOf, type RowArray, type StoredArray } from "../weights_file.ts";

/** A constant of a graph. One that is stored as it is can be read by rows. */
export type Tensor = StoredArray | RowArray;

/** The most values of a constant that is read while the graph is: biases, lengths, factors of channels. */
const maxSmallCount = 2 ** 16;

/** Whether a constant can be read by rows. */
export function hasRows(tensor: Tensor): tensor is RowArray {
  return "rows" in tensor;
}

/**
 * Reads a constant that must be small.
 *
 * @throws {WeightsError} If it is not.
 */
export function readSmall(tensor: Tensor): Promise<Float32Array<ArrayBuffer>> {
  const count = countOf(tensor.shape);
  if (count > maxSmallCount) {
    throw new WeightsError(`a constant of shape [${tensor.shape}] is too large for its place`);
  }
  return tensor.read();
}

/** Makes a tensor of values that are in memory. */
export function constantTensor(
  values: Float32Array<ArrayBuffer>,
  shape: readonly number[],
): Tensor {
  return { shape, read: () => Promise.resolve(values) };
}

/**
 * Permutes the dimensions of a tensor: dimension `i` of the result is dimension `order[i]`.
 *
 * @throws {WeightsError} If `order` is no permutation of the dimensions.
 */
export function permuted(tensor: Tensor, order: readonly number[]): Tensor {
  const { shape } = tensor;
  requirePermutation(order, shape.length);
  if (order.every((from, to) => from === to)) return tensor;
  const lengths = order.map((from) => shape[from]!);
  const strides = order.map((from) => countOf(shape.slice(from + 1)));
  return {
    shape: lengths,
    read: async () => permute(await tensor.read(), lengths, strides),
  };
}

/** @throws {WeightsError} If `order` does not hold each number below `rank` once. */
export function requirePermutation(order: readonly number[], rank: number): void {
  const sorted = [...order].sort((a, b) => a - b);
  if (order.length !== rank || sorted.some((from, index) => from !== index)) {
    throw new WeightsError(`a transposition of ${rank} dimensions cannot be [${order}]`);
  }
}

function permute(
  source: Float32Array,
  lengths: readonly number[],
  strides: readonly number[],
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(source.length);
  const index = new Array<number>(lengths.length).fill(0);
  const [inner = 1, step = 1] = [lengths.at(-1), strides.at(-1)];
  for (let to = 0, from = 0; to < values.length;) {
    for (let count = 0, at = from; count < inner; count++, at += step) values[to++] = source[at]!;
    // The other dimensions count up like an odometer.
    for (let axis = lengths.length - 2; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis]! += 1;
      if (index[axis]! < lengths[axis]!) break;
      from -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return values;
}

/**
 * Changes the shape of a tensor but not the order of its values; one length can be −1.
 *
 * @throws {WeightsError} If the number of values differs.
 */
export function reshaped(tensor: Tensor, lengths: readonly number[]): Tensor {
  const count = countOf(tensor.shape);
  const known = countOf(lengths.filter((length) => length !== -1));
  const shape = lengths.map((length) => length === -1 ? count / Math.max(1, known) : length);
  if (countOf(shape) !== count || shape.some((length) => !Number.isSafeInteger(length))) {
    throw new WeightsError(`a constant of shape [${tensor.shape}] cannot have shape [${lengths}]`);
  }
  return { shape, read: () => tensor.read() };
}

/** Reorders the rows of a matrix [channels × positions, outputs] to [positions × channels, outputs]. */
export function channelsLast(tensor: Tensor, channels: number): Tensor {
  const [inputs = 0, outputs = 0] = tensor.shape;
  const split = reshaped(tensor, [channels, inputs / channels, outputs]);
  return reshaped(permuted(split, [1, 0, 2]), [inputs, outputs]);
}

/**
 * Reads a constant that is combined with values whose dimensions have the letters `axes`: one value for
 * each channel, or one for all.
 *
 * @throws {WeightsError} If it differs along another dimension.
 */
export async function channelValues(
  tensor: Tensor,
  axes: string,
  channels: number,
): Promise<Float32Array<ArrayBuffer>> {
  const { shape } = tensor;
  const first = axes.length - shape.length;
  const fits = first >= 0 &&
    shape.every((length, index) =>
      length === 1 || axes[first + index] === "C" && length === channels
    );
  if (!fits) throw new WeightsError(`a constant of shape [${shape}] is not one for each channel`);
  const values = await readSmall(tensor);
  return values.length === channels ? values : new Float32Array(channels).fill(values[0]!);
}

/** Applies a function to each value of a small constant. */
export function mapped(tensor: Tensor, work: (value: number) => number): Tensor {
  return { shape: tensor.shape, read: async () => (await readSmall(tensor)).map(work) };
}

/**
 * Combines two small constants value by value; one of them may have a single value.
 *
 * @throws {WeightsError} If their shapes do not fit.
 */
export async function combined(
  [a, b]: readonly [Tensor, Tensor],
  work: (a: number, b: number) => number,
): Promise<Tensor> {
  const [left, right] = [await readSmall(a), await readSmall(b)];
  if (String(a.shape) !== String(b.shape) && left.length !== 1 && right.length !== 1) {
    throw new WeightsError(`constants of shapes [${a.shape}] and [${b.shape}] do not fit`);
  }
  const longer = left.length >= right.length ? a : b;
  const at = (values: Float32Array, index: number): number =>
    values[values.length === 1 ? 0 : index]!;
  const values = Float32Array.from(
    { length: Math.max(left.length, right.length) },
    (_, index) => work(at(left, index), at(right, index)),
  );
  return constantTensor(values, longer.shape);
}
