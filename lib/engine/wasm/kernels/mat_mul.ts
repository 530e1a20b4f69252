import { heapOf, sizeOf } from "../heap.ts";
import { type Factor, multiplierOf } from "../product.ts";
import type { Shortcut } from "./shortcut.ts";

/**
 * A product of two matrices, in all four orientations. The stock kernel is slow where one is
 * transposed, and keeps a packed copy of the right one as long as that lives.
 */
export const matMul: Shortcut = ({ inputs: { a, b }, attrs, backend }) => {
  const matrices = a?.dtype === "float32" && b?.dtype === "float32" &&
    a.shape.length === 2 && b.shape.length === 2 && sizeOf(a) > 0 && sizeOf(b) > 0;
  if (!matrices) return undefined;
  const [transposeA, transposeB] = [attrs?.transposeA === true, attrs?.transposeB === true];
  const [rows, depth] = transposeA ? a.shape.toReversed() : a.shape;
  const columns = b.shape[transposeB ? 0 : 1]!;
  const heap = heapOf(backend);
  const product = heap.output([rows!, columns]);
  const factor = (address: number, width: number, along: boolean): Factor => ({
    rows: { kind: "plain", address, stride: width * 4, tapStride: 0 },
    along,
  });
  multiplierOf(heap).run({
    left: factor(heap.address(a), a.shape[1]!, !transposeA),
    right: factor(heap.address(b), b.shape[1]!, transposeB),
    rows: [1, rows!],
    columns,
    depth: [1, depth!],
    address: heap.address(product),
  });
  return product;
};
