import type { tf } from "../../tf.ts";
import {
  type ConvolutionAttributes,
  type ConvolutionShape,
  convolutionShape,
  filterRows,
  imageWindows,
  resultRows,
  resultWindows,
} from "../convolution.ts";
import { type Heap, heapOf, sizeOf } from "../heap.ts";
import type { MemoryBlock } from "../parallel_gemm.ts";
import { runBatch } from "../thread_pool.ts";

/** A convolution: the product of the images' windows and the filter. */
export const wasmConvolution: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const [heap, x, filter] = [heapOf(backend), inputs.x!, inputs.filter!];
  const sizes = convolutionShape(x.shape, filter.shape, attributesOf(attrs));
  const y = heap.output(sizes.outShape);
  runBatch(heap, {
    images: sizes.batchSize,
    split: [imageBlock(heap, x)],
    whole: [wholeBlock(heap, filter)],
    result: imageBlock(heap, y),
    sum: false,
    product: (images, { split: [xAt], whole: [filterAt], result }) => ({
      left: { rows: imageWindows(xAt!, sizes), alongDepth: true },
      right: { rows: filterRows(filterAt!, sizes), alongDepth: false },
      rows: [1, images * sizes.outHeight * sizes.outWidth],
      columns: sizes.outChannels,
      depth: [taps(sizes), sizes.inChannels],
      address: result,
    }),
  });
  return y;
};

/** The gradient with respect to the images: the product of the result's windows and the transposed filter. */
export const convolutionInputGradient: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const [heap, dy, filter] = [heapOf(backend), inputs.dy!, inputs.filter!];
  const { inputShape } = attrs as unknown as { inputShape: number[] };
  const sizes = convolutionShape(inputShape, filter.shape, attributesOf(attrs));
  const dx = heap.output(sizes.inShape);
  runBatch(heap, {
    images: sizes.batchSize,
    split: [imageBlock(heap, dy)],
    whole: [wholeBlock(heap, filter)],
    result: imageBlock(heap, dx),
    sum: false,
    product: (images, { split: [dyAt], whole: [filterAt], result }) => ({
      left: { rows: resultWindows(dyAt!, sizes), alongDepth: true },
      right: { rows: filterRows(filterAt!, sizes), alongDepth: true },
      rows: [1, images * sizes.inHeight * sizes.inWidth],
      columns: sizes.inChannels,
      depth: [taps(sizes), sizes.outChannels],
      address: result,
    }),
  });
  return dx;
};

/** The gradient with respect to the filter: the product of the images' transposed windows and the result. */
export const convolutionFilterGradient: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const [heap, x, dy] = [heapOf(backend), inputs.x!, inputs.dy!];
  const { filterShape } = attrs as unknown as { filterShape: number[] };
  const sizes = convolutionShape(x.shape, filterShape, attributesOf(attrs));
  const dfilter = heap.output(sizes.filterShape);
  runBatch(heap, {
    images: sizes.batchSize,
    split: [imageBlock(heap, x), imageBlock(heap, dy)],
    whole: [],
    result: wholeBlock(heap, dfilter),
    sum: true,
    product: (images, { split: [xAt, dyAt], result }) => ({
      left: { rows: imageWindows(xAt!, sizes), alongDepth: false },
      right: { rows: resultRows(dyAt!, sizes), alongDepth: false },
      rows: [taps(sizes), sizes.inChannels],
      columns: sizes.outChannels,
      depth: [1, images * sizes.outHeight * sizes.outWidth],
      address: result,
    }),
  });
  return dfilter;
};

function attributesOf(attrs: tf.NamedAttrMap | undefined): ConvolutionAttributes {
  return attrs as unknown as ConvolutionAttributes;
}

function taps({ filterHeight, filterWidth }: ConvolutionShape): number {
  return filterHeight * filterWidth;
}

/** The block of a tensor of images, with the size of one of them. */
function imageBlock(heap: Heap, tensor: tf.TensorInfo): MemoryBlock {
  return { address: heap.address(tensor), bytes: sizeOf(tensor) / tensor.shape[0]! * 4 };
}

function wholeBlock(heap: Heap, tensor: tf.TensorInfo): MemoryBlock {
  return { address: heap.address(tensor), bytes: sizeOf(tensor) * 4 };
}
