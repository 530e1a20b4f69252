import type { RowArray, StoredArray } from "../weights_file.ts";

/** Rows that are transposed together, so that the columns of the result fill whole cache lines. */
const rowsAtOnce = 64;

/** Converts a convolution's kernel from PyTorch's [out, in, height, width] to [height, width, in, out]. */
export function kernelFromTorch(array: RowArray): StoredArray {
  const [outputs, inputs, height, width] = array.shape as [number, number, number, number];
  const positions = height * width;
  return {
    shape: [height, width, inputs, outputs],
    read: () =>
      transposed(
        array,
        outputs,
        (column) => (column % positions) * inputs + Math.floor(column / positions),
      ),
  };
}

/**
 * Converts a fully connected layer's kernel from PyTorch's [out, in] to TensorFlow's [in, out]. The inputs
 * of the first such layer are reordered, since PyTorch flattens a map channel by channel and TensorFlow
 * position by position.
 *
 * @param channels The channels of the map that the layer reads; for a layer that reads units, their number.
 *   If the inputs are not a multiple of it, the layer does not read the maps, and they keep their order.
 */
export function denseFromTorch(array: RowArray, channels: number): StoredArray {
  const [outputs, inputs] = array.shape as [number, number];
  if (inputs % channels !== 0) return denseFromTorch(array, inputs);
  const positions = inputs / channels;
  return {
    shape: [inputs, outputs],
    read: () =>
      transposed(
        array,
        outputs,
        (column) => (column % positions) * channels + Math.floor(column / positions),
      ),
  };
}

/** Transposes a matrix; `newRow` gives the row of the result for each column. */
async function transposed(
  array: RowArray,
  rows: number,
  newRow: (column: number) => number,
): Promise<Float32Array<ArrayBuffer>> {
  const columns = array.shape.slice(1).reduce((a, b) => a * b, 1);
  const newRows = Uint32Array.from({ length: columns }, (_, column) => newRow(column));
  const values = new Float32Array(rows * columns);
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    const part = await array.rows(from, from + count);
    for (let column = 0; column < columns; column++) {
      const target = newRows[column]! * rows + from;
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

/** Converts a matrix [positions × channels, outputs] to [outputs, channels × positions]. */
function permute(
  source: Float32Array,
  outputs: number,
  channels: number,
): Float32Array<ArrayBuffer> {
  const columns = source.length / outputs;
  const positions = columns / channels;
  const values = new Float32Array(source.length);
  for (let from = 0; from < outputs; from += rowsAtOnce) {
    const to = Math.min(outputs, from + rowsAtOnce);
    for (let row = 0; row < columns; row++) {
      const column = (row % channels) * positions + Math.floor(row / channels);
      for (let output = from; output < to; output++) {
        values[output * columns + column] = source[row * outputs + output]!;
      }
    }
  }
  return values;
}
