import { WeightsError } from "../errors.ts";
import type { RowArray, StoredArray } from "../weights_file.ts";

/** Rows that are turned at once: their columns then fill whole cache lines. */
const rowsAtOnce = 64;

/** A convolution's kernel: PyTorch's [out, in, height, width] as TensorFlow's [height, width, in, out]. */
export function kernelFromTorch(array: RowArray): StoredArray {
  const [outputs, inputs, height, width] = array.shape as [number, number, number, number];
  const places = height * width;
  return {
    shape: [height, width, inputs, outputs],
    read: () =>
      transposed(
        array,
        outputs,
        (column) => (column % places) * inputs + Math.floor(column / places),
      ),
  };
}

/**
 * A fully connected layer's kernel: PyTorch's [out, in] as TensorFlow's [in, out]. After the last
 * pooling PyTorch lists a map channel by channel, TensorFlow place by place.
 *
 * @param channels Of the maps that the layer reads; of a layer that reads units as many as these.
 */
export function denseFromTorch(array: RowArray, channels: number): StoredArray {
  const [outputs, inputs] = array.shape as [number, number];
  const places = inputs / channels;
  if (!Number.isInteger(places)) {
    throw new WeightsError(`a layer of ${inputs} inputs cannot read maps of ${channels} channels`);
  }
  return {
    shape: [inputs, outputs],
    read: () =>
      transposed(
        array,
        outputs,
        (column) => (column % places) * channels + Math.floor(column / places),
      ),
  };
}

/** A matrix with rows and columns exchanged, and its new rows in another order. */
async function transposed(
  array: RowArray,
  rows: number,
  place: (column: number) => number,
): Promise<Float32Array<ArrayBuffer>> {
  const columns = array.shape.slice(1).reduce((a, b) => a * b, 1);
  const places = Uint32Array.from({ length: columns }, (_, column) => place(column));
  const values = new Float32Array(rows * columns);
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    const part = await array.rows(from, from + count);
    for (let column = 0; column < columns; column++) {
      const target = places[column]! * rows + from;
      for (let row = 0, source = column; row < count; row++, source += columns) {
        values[target + row] = part[source]!;
      }
    }
  }
  return values;
}

/** The reverse of {@linkcode kernelFromTorch}. */
export function kernelToTorch({ shape, read }: StoredArray): StoredArray {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  return {
    shape: [outputs, inputs, height, width],
    read: async () => permute(await read(), outputs, inputs),
  };
}

/** The reverse of {@linkcode denseFromTorch}. */
export function denseToTorch({ shape, read }: StoredArray, channels: number): StoredArray {
  const [inputs, outputs] = shape as [number, number];
  return {
    shape: [outputs, inputs],
    read: async () => permute(await read(), outputs, channels),
  };
}

/** Of a matrix [places × channels, outputs] the matrix [outputs, channels × places]. */
function permute(
  source: Float32Array,
  outputs: number,
  channels: number,
): Float32Array<ArrayBuffer> {
  const columns = source.length / outputs;
  const places = columns / channels;
  const values = new Float32Array(source.length);
  for (let from = 0; from < outputs; from += rowsAtOnce) {
    const to = Math.min(outputs, from + rowsAtOnce);
    for (let row = 0; row < columns; row++) {
      const column = (row % channels) * places + Math.floor(row / channels);
      for (let output = from; output < to; output++) {
        values[output * columns + column] = source[row * outputs + output]!;
      }
    }
  }
  return values;
}
