import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { allReduce, groupsOf } from "../../../lib/training/step/all_reduce.ts";

const sizes = (...all: number[]): { size: number }[] => all.map((size) => ({ size }));

Deno.test("groupsOf() fills messages from the last tensor to the first", () => {
  const groups = groupsOf(sizes(1, 2, 3, 4), 4 * 7);
  assert.deepEqual(groups, [sizes(4, 3), sizes(2, 1)]);
});

Deno.test("groupsOf() gives a tensor larger than a message its own group", () => {
  assert.deepEqual(groupsOf(sizes(1, 9, 1), 4 * 2), [sizes(1), sizes(9), sizes(1)]);
});

Deno.test("allReduce() sends small tensors in one message and a large one in several", async () => {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  const tensors = [
    tf.range(0, 2),
    tf.tensor2d([...Array(10).keys()], [2, 5]),
    tf.scalar(7),
    tf.ones([1, 2]),
  ];
  const messages: number[] = [];
  // As if another worker had the same.
  const sums = {
    reduce: (tensor: tf.Tensor): tf.Tensor => {
      messages.push(tensor.size);
      return tensor.mul(2);
    },
  };
  const summed = allReduce(tensors, sums, 4 * 4);
  assert.deepEqual(messages, [3, 4, 4, 2, 2]);
  assert.deepEqual(summed.map(({ shape }) => shape), [[2], [2, 5], [], [1, 2]]);
  assert.deepEqual(summed.map((tensor) => Array.from(tensor.dataSync())), [
    ...[[0, 2], [0, 2, 4, 6, 8, 10, 12, 14, 16, 18], [14], [2, 2]],
  ]);
  tf.dispose([tensors, summed]);
  assert.equal(tf.memory().numTensors, before);
});
