import type { Exclusion } from "../exclusions.ts";

/**
 * What TensorFlow.js's WebAssembly backend does otherwise than TensorFlow.js's specs, as it comes
 * from its makers; of the engine's own kernels, one case.
 */
export const wasmExclusions: readonly Exclusion[] = [
  {
    reason: "the backend has no such kernel; no VGG net uses one",
    failure: new RegExp(
      "Kernel '(Complex|DepthwiseConv2dNativeBackprop(Filter|Input)|Einsum|" +
        "Ragged(Gather|Range|TensorToTensor)|StaticRegexReplace|UnsortedSegmentSum)' not registered",
    ),
  },
  {
    reason: "the backend convolves images with channels last alone",
    failure: /must be NHWC on the engine wasm|does not support dataFormat:'NCHW'/,
  },
  {
    reason: "the backend fuses a bias of one axis alone",
    specs: ["fused conv2d", "fused depthwiseConv2D"],
    failure: /only supports rank-1 bias/,
  },
  {
    reason: "the backend multiplies matrices of float32 alone",
    failure: /BatchMatMul for non non-float32 tensors/,
  },
  {
    reason: "the backend's kernels take the bytes of strings for numbers",
    specs: [
      "equal should support string",
      "fill 1D fill string",
      "fill 2D fill string",
      "greater should support string",
      "greaterEqual should support string",
      "less should support string",
      "lessEqual should support string",
      "notEqual should support string",
      "sparseToDense should work for string",
      "squeeze",
      "tensor.toString",
      "tile",
    ],
    failure: /dtype string|^RuntimeError: Aborted|actual\[0\] = /,
  },
  {
    reason: "the backend's casts and limits follow WebAssembly's: no NaN, no truth of 1 alone",
    specs: [
      "clipByValue basic vec4",
      "clipByValue propagates NaNs",
      "tensor Tensor2D float32 -> bool",
      "tensor Tensor2D int32 -> bool",
    ],
  },
  {
    reason: "the backend's clones are entries of their own, which specs that count entries miss",
    specs: [
      "customGradient calling gradient of custom op twice",
      "customGradient second order derivative",
      "fused conv2d backProp input",
      "fused conv2d gradient x=[2,3,3,1]",
      "fused depthwiseConv2D gradient x=[2,3,3,1]",
      "logSoftmax 1D gradient",
    ],
    failure: /has an internal memory leak/,
  },
  {
    reason: "the backend numbers its tensors' data, where the specs hold their numbers to be fixed",
    specs: ["gradient registry register a kernel with gradient"],
    failure: /^Expected \$\.id = \d+ to equal \d+/,
  },
  {
    reason: "a fault of the stock backend, with its own kernels too: a clone's data are gone",
    specs: ["logSigmoid gradient with clones"],
  },
  {
    reason: "a fault of the stock backend, with its own kernels too: a histogram's shape",
    specs: ["threshold method otsu"],
    failure: /could not be broadcast/,
  },
  {
    reason: "a fault of the stock backend, with its own kernels too: a window of no whole step",
    specs: [
      "pool avg x=[2,2,3] f=[1,1] s=2 p=1 fractional",
      "pool max x=[2,2,3] f=[1,1] s=2 p=1 fractional",
    ],
  },
  {
    reason: "the backend does not look whether a slice lies within its tensor",
    specs: ["slice2d throws when requesting out of bounds"],
  },
  {
    reason: "the spec's output shape is none that this filter and stride give",
    specs: ["conv2dTranspose input=8x8x8,output=4x4x8"],
  },
];
