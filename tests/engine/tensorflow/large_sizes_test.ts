import assert from "node:assert/strict";
import { OptionError } from "../../../lib/errors.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { testWithTensorFlow } from "./support.ts";

const calls: Readonly<Record<string, (size: number) => tf.Tensor>> = {
  fill: (size) => tf.fill([size, 2], 7),
  tile: (size) => tf.tile(tf.zeros([2, 2]), [size, 1]),
  reshape: (size) => tf.reshape(tf.zeros([0]), [size, 0]),
  broadcastTo: (size) => tf.broadcastTo(tf.zeros([1, 2]), [size, 2]),
  "slice's size": (size) => tf.slice(tf.zeros([2, 2]), [0, 0], [size, 1]),
  "slice's begin": (size) => tf.slice(tf.zeros([2, 2]), [size, 0], [1, 1]),
  stridedSlice: (size) => tf.stridedSlice(tf.zeros([2, 2]), [size, 0], [size + 1, 1], [1, 1]),
  pad: (size) => tf.pad(tf.zeros([2, 2]), [[size, 0], [0, 0]]),
  oneHot: (size) => tf.oneHot(tf.tensor1d([1], "int32"), size),
  resizeBilinear: (size) => tf.image.resizeBilinear(tf.zeros<tf.Rank.R4>([1, 2, 2, 1]), [size, 2]),
  scatterND: (size) => tf.scatterND(tf.tensor2d([[1]], [1, 1], "int32"), tf.tensor1d([1]), [size]),
  multinomial: (size) => tf.multinomial(tf.tensor1d([1, 1]), size),
  range: (size) => tf.range(0, size),
  "range of int32": (size) => tf.range(size, 0, -(size / 2), "int32"),
  linspace: (size) => tf.linspace(0, 1, size),
  unsortedSegmentSum: (size) =>
    tf.unsortedSegmentSum(tf.zeros([2, 2]), tf.tensor1d([0, 1], "int32"), size),
};

for (const [name, call] of Object.entries(calls)) {
  testWithTensorFlow(`${name} refuses sizes from 2³¹ on, which would wrap around`, () => {
    for (const size of [2 ** 31, 2 ** 32, 2 ** 32 + 2, 2 ** 33 + 4]) {
      assert.throws(() => tf.tidy(() => call(size)), OptionError, String(size));
    }
    tf.tidy(() => assert.equal(call(name === "slice's begin" ? 0 : 2).rank > 0, true));
  });
}

/** Empty, so that TensorFlow.js itself does not ask for the memory. */
const made: Readonly<Record<string, (size: number) => tf.Tensor>> = {
  zeros: (size) => tf.zeros([size, 0]),
  ones: (size) => tf.ones([size, 0]),
  tensor: (size) => tf.tensor([], [size, 0]),
  buffer: (size) => tf.buffer([size, 0]).toTensor(),
  randomUniform: (size) => tf.randomUniform([size, 0]),
  truncatedNormal: (size) => tf.truncatedNormal([size, 0]),
  eye: (size) => tf.eye(1, 1, [size, 0] as unknown as [number]),
};

for (const [name, call] of Object.entries(made)) {
  testWithTensorFlow(`${name} refuses sides from 2³¹ on`, () => {
    for (const size of [2 ** 31, 2 ** 32, 2 ** 32 + 2, 2 ** 33 + 4]) {
      assert.throws(() => tf.tidy(() => call(size)), OptionError, String(size));
    }
    tf.tidy(() => assert.equal(call(2).size, 0));
  });
}

testWithTensorFlow("ops that join tensors refuse none", () => {
  const { TF_ATTR_INT, TF_ATTR_TYPE } = currentBinding();
  for (const op of ["ConcatV2", "Pack", "AddN"]) {
    for (const count of [0, -1, 1, 2 ** 32]) {
      const attributes = [
        { name: "N", type: TF_ATTR_INT, value: count },
        { name: "T", type: TF_ATTR_TYPE, value: 1 },
      ];
      assert.throws(() => currentBinding().executeOp(op, attributes, [], 1), {
        name: "TensorFlowError",
        message: new RegExp(`^${op} takes at least one tensor as \\w+\\. Received: none$`),
      });
    }
  }
});
