import type { tf } from "../../tf.ts";
import { elementwiseKernels } from "../elementwise.ts";
import { heapOf, sizeOf } from "../heap.ts";

/** `dy` where the output `y` is positive, 0 elsewhere. */
export const wasmReluGradient: tf.KernelFunc = ({ inputs, backend }) => {
  const [heap, dy, y] = [heapOf(backend), inputs.dy!, inputs.y!];
  const dx = heap.output(dy.shape);
  const [from, mask, to] = [heap.address(dy), heap.address(y), heap.address(dx)];
  elementwiseKernels(heap).relu_gradient(from, mask, to, sizeOf(dy));
  return dx;
};
