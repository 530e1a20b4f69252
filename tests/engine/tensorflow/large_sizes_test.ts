import assert from "node:assert/strict";
import { OptionError } from "../../../lib/errors.ts";
import { tf } from "../../../lib/engine/tf.ts";
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
