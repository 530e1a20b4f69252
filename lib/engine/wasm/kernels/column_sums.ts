import { tf } from "../../tf.ts";
import { elementwiseKernels } from "../elementwise.ts";
import { heapOf, sizeOf } from "../heap.ts";
import type { WasmKernelOverride } from "./override.ts";

/** Rows are summed in blocks and the blocks' sums then, which loses less precision. */
const blockRows = 512;

/**
 * Sums over all axes but the last, which is the gradient of a bias. The stock kernel makes a transposed
 * copy for it.
 */
export const columnSums: WasmKernelOverride = ({ inputs: { x }, attrs, backend }) => {
  if (!x || !sumsColumns(x, attrs)) return undefined;
  const heap = heapOf(backend);
  const columns = x.shape.at(-1)!;
  const rows = sizeOf(x) / columns;
  const parts = heap.output([Math.ceil(rows / blockRows), columns]);
  const sums = heap.output([columns]);
  heap.clear(parts);
  heap.clear(sums);
  const { add_rows: addRows } = elementwiseKernels(heap);
  for (let row = 0; row < rows; row += blockRows) {
    const from = heap.address(x) + row * columns * 4;
    const to = heap.address(parts) + row / blockRows * columns * 4;
    addRows(from, Math.min(blockRows, rows - row), columns, to);
  }
  addRows(heap.address(parts), parts.shape[0]!, columns, heap.address(sums));
  heap.release(parts);
  return sums;
};

/** Means over all axes but the last, as for batch normalization. */
export const columnMeans: WasmKernelOverride = (args) => {
  const sums = columnSums(args);
  if (!sums) return undefined;
  const heap = heapOf(args.backend);
  const count = sizeOf(args.inputs.x!) / sizeOf(sums);
  const values = new Float32Array(heap.memory.buffer, heap.address(sums), sizeOf(sums));
  values.forEach((sum, column) => values[column] = sum / count);
  return sums;
};

function sumsColumns(x: tf.TensorInfo, attrs: tf.NamedAttrMap | undefined): boolean {
  if (x.dtype !== "float32" || x.shape.length < 2 || attrs?.keepDims || sizeOf(x) === 0) {
    return false;
  }
  const axes = tf.util.parseAxisParam(attrs?.axis as number[], x.shape);
  return axes.length === x.shape.length - 1 && !axes.includes(x.shape.length - 1);
}
