import fc from "fast-check";
import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { testWithTensorFlow } from "./support.ts";

// TensorFlow ends the process for many invalid values: these tests pass if the process survives.

/** Tensors of all types, empty ones and negative indices among them. */
const makers: readonly (() => tf.Tensor)[] = [
  () => tf.ones([1, 4, 3, 2]),
  () => tf.ones([0, 4, 3, 2]),
  () => tf.ones([3, 2, 2, 1]),
  () => tf.ones([1, 2, 3, 4, 1]),
  () => tf.ones([2, 1, 2, 1, 3]),
  ...[[], [0], [1], [-1], [3, 0], [0, 1, 1], [0, 2, 4, 4], [2 ** 31 - 1, -(2 ** 31)]].map(
    (values) => () => tf.tensor1d(values, "int32"),
  ),
  ...[-1, 0, 4, 2 ** 31 - 1].map((value) => () => tf.scalar(value, "int32")),
  ...[[[0, 0]], [[-1, 7], [1, 1]], [[5, 2 ** 31 - 1]]].map((values) => () =>
    tf.tensor2d(values, undefined, "int32")
  ),
  () => tf.tensor2d([], [0, 2], "int32"),
  () => tf.tensor2d([], [2, 0], "int32"),
  () => tf.tensor1d([NaN, -Infinity, 1.5, 1e30]),
  () => tf.scalar(0),
  () => tf.tensor1d([]),
  () => tf.zeros([2, 0, 3]),
  () => tf.tensor1d([true, false], "bool"),
  () => tf.tensor1d(["a b", "", "ä\0", "a text that is longer than what fits in place"]),
  () => tf.tensor1d([], "string"),
  () => tf.scalar("", "string"),
  () => tf.scalar(" ,", "string"),
];

const images = 5;
const tensor = fc.nat(makers.length - 1);
const image = fc.oneof({ weight: 8, arbitrary: fc.nat(images - 1) }, tensor);
const list = fc.array(tensor, { maxLength: 3 });
const side = fc.constantFrom(0, 1, 2, 3, -1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 32, 2 ** 32 + 1);
const pair = fc.tuple(side, side);
const texts = fc.constantFrom("", "|", "a\0b", "ROW_SPLITS", "FIRST_DIM_SIZE", "VALUE_ROWIDS", "?");

const window = fc.record({
  filterSize: fc.oneof(side, fc.array(side, { minLength: 2, maxLength: 3 })),
  strides: fc.oneof(fc.constantFrom(1, 2), side, fc.array(side, { minLength: 2, maxLength: 3 })),
  pad: fc.oneof(
    fc.constantFrom("same", "valid", "full"),
    side,
    fc.tuple(fc.constant([0, 0]), pair, pair, fc.constant([0, 0])),
    fc.array(pair, { maxLength: 2 }),
  ),
  dimRoundingMode: fc.constantFrom(undefined, "floor", "round", "ceil", "half"),
  dataFormat: fc.constantFrom("NHWC", "NCHW", undefined),
  dilations: fc.oneof(fc.constant(1), side),
  inputShape: fc.array(side, { minLength: 3, maxLength: 5 }),
  filterShape: fc.array(side, { minLength: 3, maxLength: 5 }),
  includeBatchInIndex: fc.boolean(),
  activation: fc.constantFrom("linear", "relu", "prelu", "?"),
});
const attributes = fc.record({
  outputRaggedRank: side,
  rowPartitionTypes: fc.array(texts, { maxLength: 3 }),
  side: fc.constantFrom("left", "right", ""),
  separator: texts,
  nGramWidths: fc.array(side, { maxLength: 3 }),
  leftPad: texts,
  rightPad: texts,
  padWidth: side,
  preserveShortSequences: fc.boolean(),
  skipEmpty: fc.boolean(),
  numBuckets: side,
  size: side,
  binaryOutput: fc.boolean(),
  alpha: side,
  axis: side,
  shape: fc.array(side, { maxLength: 3 }),
  numSamples: side,
  seed: side,
  normalized: fc.boolean(),
  equation: fc.constantFrom("ij,jk->ik", "i->", "ii->", "->", "i,i->j", "...i->...", "", "é->é"),
});

/** Kernels by the names of their inputs; one that ends in `*` is a list. */
const kernels: Readonly<Record<string, string>> = {
  "BitwiseAnd Greater LessEqual": "a b",
  RaggedGather: "paramsNestedSplits* paramsDenseValues indices",
  RaggedRange: "starts limits deltas",
  RaggedTensorToTensor: "shape values defaultValue rowPartitionTensors*",
  SearchSorted: "sortedSequence values",
  SparseFillEmptyRows: "indices values denseShape defaultValue",
  SparseReshape: "inputIndices inputShape newShape",
  "SparseSegmentMean SparseSegmentSum": "data indices segmentIds",
  StringNGrams: "data dataSplits",
  StringSplit: "input delimiter",
  StringToHashBucketFast: "input",
  DenseBincount: "x weights",
  "ScatterNd TensorScatterUpdate": "tensor indices updates",
  "Diag LeakyRelu Sign Step Tan Unique": "x",
  "Multinomial Softmax": "logits",
  "AvgPool AvgPool3D MaxPool MaxPool3D MaxPoolWithArgmax": "x",
  "AvgPoolGrad AvgPool3DGrad MaxPoolGrad MaxPool3DGrad": "dy input output",
  "Conv2D DepthwiseConv2dNative Conv3D": "x filter",
  "FusedConv2D FusedDepthwiseConv2D": "x filter bias preluActivationWeights",
  "Conv2DBackpropInput DepthwiseConv2dNativeBackpropInput Conv3DBackpropInputV2": "dy filter",
  "Conv2DBackpropFilter DepthwiseConv2dNativeBackpropFilter Conv3DBackpropFilterV2": "x dy",
};

function arbitraryOf(kernels: string, input: string): fc.Arbitrary<number | number[]> {
  if (input.endsWith("*")) return list;
  return /Pool|Conv/.test(kernels) ? image : tensor;
}

for (const [names, inputs] of Object.entries(kernels)) {
  testWithTensorFlow(`${names} refuse invalid inputs and attributes, or compute`, () => {
    const given = fc.record(
      Object.fromEntries(
        inputs.split(" ").map((name) => [name, arbitraryOf(names, name)] as const),
      ),
    );
    const kernel = fc.constantFrom(...names.split(" "));
    const before = tf.memory().numTensors;
    fc.assert(
      fc.property(kernel, given, attributes, window, (kernel, chosen, values, moves) => {
        tf.tidy(() => {
          const made = Object.entries(chosen).map(([name, index]) => [
            name.replace("*", ""),
            Array.isArray(index) ? index.map((one) => makers[one]!()) : makers[index]!(),
          ]);
          // The boundary to TensorFlow.js: what it would not compile is tried as well.
          const { runKernel } = tf.engine() as unknown as {
            runKernel: (...all: unknown[]) => unknown;
          };
          try {
            runKernel.call(tf.engine(), kernel, Object.fromEntries(made), { ...values, ...moves });
          } catch (error) {
            assert.ok(error instanceof Error);
          }
        });
      }),
      {
        seed: Number(Deno.env.get("HOSTILE_SEED") ?? 1),
        numRuns: Number(Deno.env.get("HOSTILE_RUNS") ?? 300),
      },
    );
    assert.equal(tf.memory().numTensors, before);
  });
}
