import type { Exclusion } from "../exclusions.ts";

/** What the kernels of tfjs-node, or TensorFlow itself, do otherwise than TensorFlow.js's specs. */
export const tensorflowExclusions: readonly Exclusion[] = [
  {
    reason: "tfjs-node has no such kernel; no VGG net uses one",
    failure: new RegExp(
      "Kernel '(BitwiseAnd|DenseBincount|MaxPoolWithArgmax|Ragged(Gather|Range|TensorToTensor)|" +
        "SearchSorted|Sparse(FillEmptyRows|Reshape|SegmentMean|SegmentSum)|" +
        "String(NGrams|Split|ToHashBucketFast))' not registered",
    ),
  },
  {
    reason: "TensorFlow pads pooling and transposed convolution by SAME and VALID alone",
    failure: /supports only 'valid' and 'same' padding/,
  },
  {
    reason: "tfjs-node fuses a convolution with channels last alone",
    failure: /FusedConv2D does not support dataFormat:'NCHW'/,
  },
  {
    reason: "TensorFlow wants the updates' shape to fit the indices', the specs leave one axis out",
    specs: ["scatterND should"],
    failure: /must match dimensions/,
  },
  {
    reason: "TensorFlow has no such kernel for this type",
    specs: [
      "diag bool",
      "greater should support string",
      "greaterEqual should support string",
      "leakyrelu int32",
      "less should support string",
      "lessEqual should support string",
      "step kernel with int32",
    ],
    failure: /is not in the list of allowed values/,
  },
  {
    reason: "TensorFlow keeps NaN where the spec wants 0",
    specs: ["sign basic", "sign does not propagate NaNs", "sign accepts a tensor-like"],
  },
  {
    reason: "TensorFlow holds one NaN to be unlike another",
    specs: ["unique 1d tensor with NaN"],
  },
  {
    reason: "TensorFlow can do what the spec wants refused",
    specs: ["einsum 2d matrix calculate trace", "einsum nonexistent dimension"],
  },
  {
    reason: "TensorFlow refuses a window larger than the image",
    specs: ["avgPool3d x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid"],
    failure: /output size would be negative/,
  },
  {
    reason: "the spec's output shape is none that this filter and stride give",
    specs: ["conv2dTranspose input=8x8x8,output=4x4x8"],
  },
  {
    reason: "TensorFlow's op goes on in its stream of numbers when it is called again",
    specs: ["multinomial creates the same data"],
  },
  {
    reason:
      "the spec wants the digits of JavaScript's tangent, which differ in the last of float32",
    specs: ["tan numbers exceed float32"],
  },
];
