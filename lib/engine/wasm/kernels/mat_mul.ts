import { tf } from "../../tf.ts";
import { type Factor, gemmKernel } from "../gemm.ts";
import { heapOf, sizeOf } from "../heap.ts";
import type { WasmKernelOverride } from "./override.ts";

/**
 * The product of two matrices, transposed or not. The stock kernel is slow if one is transposed, and
 * keeps a packed copy of the right one until that is disposed of.
 */
export const matMul: WasmKernelOverride = ({ inputs: { a, b }, attrs, backend }) => {
  if (!isMatrix(a) || !isMatrix(b)) return undefined;
  const [transposeA, transposeB] = [attrs?.transposeA === true, attrs?.transposeB === true];
  const [heightA, widthA] = [a.shape.at(-2)!, a.shape.at(-1)!];
  const [heightB, widthB] = [b.shape.at(-2)!, b.shape.at(-1)!];
  const [rows, depth] = transposeA ? [widthA, heightA] : [heightA, widthA];
  const [inner, columns] = transposeB ? [widthB, heightB] : [heightB, widthB];
  if (depth !== inner) {
    throw new RangeError(
      `matMul() takes matrices whose inner lengths are equal. Received: ${depth} and ${inner}`,
    );
  }
  const heap = heapOf(backend);
  const outerShape = tf.broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  const product = heap.output([...outerShape, rows, columns]);
  const factor = (address: number, width: number, alongDepth: boolean): Factor => ({
    rows: { kind: "strided", address, stride: width * 4, tapStride: 0 },
    alongDepth,
  });
  gemmKernel(heap).run({
    left: factor(heap.address(a), widthA, !transposeA),
    right: factor(heap.address(b), widthB, transposeB),
    rows: [1, rows],
    columns,
    depth: [1, depth],
    address: heap.address(product),
  });
  return product;
};

/** Whether a tensor is a single float32 matrix; it may have leading axes of length 1. */
function isMatrix(tensor: tf.TensorInfo | undefined): tensor is tf.TensorInfo {
  if (tensor?.dtype !== "float32" || tensor.shape.length < 2 || sizeOf(tensor) === 0) return false;
  return tensor.shape.slice(0, -2).every((length) => length === 1);
}
