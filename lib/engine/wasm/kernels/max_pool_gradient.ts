import { tf } from "../../tf.ts";
import { elementwiseKernels } from "../elementwise.ts";
import { heapOf } from "../heap.ts";

interface Attributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * The gradient of max pooling: it goes to the first maximum of each window, as in plain JavaScript. The
 * stock kernel is slow, and gives it to the last one.
 */
export const maxPoolGradient: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const [dy, x, y] = [inputs.dy!, inputs.input!, inputs.output!];
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as Attributes;
  const shape = x.shape as [number, number, number, number];
  const sizes = tf.backend_util.computePool2DInfo(
    shape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { inHeight, inWidth, outHeight, outWidth, inChannels, padInfo } = sizes;
  const heap = heapOf(backend);
  const dx = heap.output(x.shape);
  heap.clear(dx);
  const [xAt, yAt, dxAt, dyAt] = [x, y, dx, dy].map((tensor) => heap.address(tensor)) as [
    number,
    number,
    number,
    number,
  ];
  const rows = spans(outHeight, sizes.strideHeight, padInfo.top, sizes.filterHeight, inHeight);
  const columns = spans(outWidth, sizes.strideWidth, padInfo.left, sizes.filterWidth, inWidth);
  const { max_pool_gradient: addWindow } = elementwiseKernels(heap);
  const pixel = inChannels * 4;
  const line = inWidth * pixel;
  let result = 0;
  for (let image = 0; image < sizes.batchSize; image++) {
    for (const [top, height] of rows) {
      for (const [left, width] of columns) {
        const at = (image * inHeight + top) * line + left * pixel;
        addWindow(
          xAt + at,
          dxAt + at,
          yAt + result,
          dyAt + result,
          height,
          width,
          line,
          inChannels,
        );
        result += pixel;
      }
    }
  }
  return dx;
};

/** The start and the length of each window along an axis, without what lies outside the image. */
function spans(
  windows: number,
  stride: number,
  before: number,
  length: number,
  size: number,
): [start: number, length: number][] {
  return Array.from({ length: windows }, (_, index) => {
    const start = Math.max(0, index * stride - before);
    return [start, Math.min(size, index * stride - before + length) - start];
  });
}
