import type { tf } from "../../tf.ts";
import {
  type ConvolutionAttributes,
  convolutionOf,
  filterRows,
  imageWindows,
  resultRows,
  resultWindows,
} from "../convolution.ts";
import { heapOf } from "../heap.ts";
import { multiplierOf } from "../product.ts";

/** The images convolved: a product of their windows and the filter. */
export const convolve: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const [heap, x, filter] = [heapOf(backend), inputs.x!, inputs.filter!];
  const sizes = convolutionOf(x.shape, filter.shape, attributesOf(attrs));
  const y = heap.output(sizes.outShape);
  multiplierOf(heap).run({
    left: { rows: imageWindows(heap.address(x), sizes), along: true },
    right: { rows: filterRows(heap.address(filter), sizes), along: false },
    rows: [1, sizes.batchSize * sizes.outHeight * sizes.outWidth],
    columns: sizes.outChannels,
    depth: [sizes.filterHeight * sizes.filterWidth, sizes.inChannels],
    address: heap.address(y),
  });
  return y;
};

/** The gradient of the images: a product of the result's windows and the transposed filter. */
export const convolutionInputGradient: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const [heap, dy, filter] = [heapOf(backend), inputs.dy!, inputs.filter!];
  const { inputShape } = attrs as unknown as { inputShape: number[] };
  const sizes = convolutionOf(inputShape, filter.shape, attributesOf(attrs));
  const dx = heap.output(sizes.inShape);
  multiplierOf(heap).run({
    left: { rows: resultWindows(heap.address(dy), sizes), along: true },
    right: { rows: filterRows(heap.address(filter), sizes), along: true },
    rows: [1, sizes.batchSize * sizes.inHeight * sizes.inWidth],
    columns: sizes.inChannels,
    depth: [sizes.filterHeight * sizes.filterWidth, sizes.outChannels],
    address: heap.address(dx),
  });
  return dx;
};

/** The gradient of the filter: a product of the images' transposed windows and the result's. */
export const convolutionFilterGradient: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const [heap, x, dy] = [heapOf(backend), inputs.x!, inputs.dy!];
  const { filterShape } = attrs as unknown as { filterShape: number[] };
  const sizes = convolutionOf(x.shape, filterShape, attributesOf(attrs));
  const dfilter = heap.output(sizes.filterShape);
  multiplierOf(heap).run({
    left: { rows: imageWindows(heap.address(x), sizes), along: false },
    right: { rows: resultRows(heap.address(dy), sizes), along: false },
    rows: [sizes.filterHeight * sizes.filterWidth, sizes.inChannels],
    columns: sizes.outChannels,
    depth: [1, sizes.batchSize * sizes.outHeight * sizes.outWidth],
    address: heap.address(dfilter),
  });
  return dfilter;
};

function attributesOf(attrs: tf.NamedAttrMap | undefined): ConvolutionAttributes {
  return attrs as unknown as ConvolutionAttributes;
}
