import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { heapOf } from "../../../lib/engine/wasm/heap.ts";
import { assertSameAsCpu, ramp, valuesOn } from "./support.ts";

Deno.test("matrix products equal plain JavaScript's, transposed or not and in batches", async () => {
  const orientations: [number[], number[], boolean, boolean][] = [
    [[20, 300], [300, 13], false, false],
    [[300, 20], [300, 13], true, false],
    [[20, 300], [13, 300], false, true],
    [[300, 20], [13, 300], true, true],
    [[1, 1], [1, 1], false, false],
    [[3, 5], [5, 600], false, false],
    [[4, 3, 5], [4, 5, 7], false, false],
    [[4, 5, 3], [4, 7, 5], true, true],
  ];
  await assertSameAsCpu(() =>
    orientations.map(([a, b, transposeA, transposeB]) =>
      tf.matMul(ramp(a), ramp(b), transposeA, transposeB)
    )
  );
});

Deno.test("fused bias and activation equal plain JavaScript's", async () => {
  await assertSameAsCpu(() => {
    const [x, filter] = [ramp([2, 5, 5, 3]) as tf.Tensor4D, ramp([3, 3, 3, 7]) as tf.Tensor4D];
    const [a, b] = [ramp([4, 9]) as tf.Tensor2D, ramp([7, 9]) as tf.Tensor2D];
    const bias = ramp([7]);
    return (["linear", "relu", "relu6", "elu"] as const).flatMap((activation) => [
      tf.fused.conv2d({ x, filter, strides: 1, pad: "same", bias, activation }),
      tf.fused.conv2d({ x, filter, strides: 2, pad: "valid", activation }),
      tf.fused.matMul({ a, b, transposeB: true, bias, activation }),
      tf.fused.matMul({ a, b, transposeB: true, bias: ramp([1]), activation }),
    ]);
  });
});

Deno.test("sums and means over all axes but the last equal plain JavaScript's", async () => {
  await assertSameAsCpu(() => [
    ramp([2, 3, 4]).sum([0, 1]),
    ramp([5, 8, 9, 10]).sum([0, 1, 2]),
    ramp([2000, 3]).sum(0),
    ramp([2000, 3]).mean(0),
    ramp([2, 3, 4]).mean([0, 1]),
    ramp([2, 3, 4]).sum([0, 1], true),
    ramp([2, 3, 4]).sum([1, 2]),
    ramp([2, 3, 4]).mean([1, 2]),
    ramp([5]).sum(),
    tf.range(0, 12, 1, "int32").reshape([3, 4]).sum(0),
  ]);
});

Deno.test("relu's gradient equals the stock one, also at zero and in second order", async () => {
  await assertSameAsCpu(() => {
    const x = tf.tensor1d([-1, 0, 0.5, 2, -3]);
    const gradient = tf.grad((x) => tf.relu(x).square().sum());
    const curvature = tf.grad((x) => gradient(x).square().sum());
    return [gradient(x), curvature(x)];
  });
});

const pools: [shape: number[], size: number, strides: number, pad: "same" | "valid" | number][] = [
  [[2, 8, 8, 4], 2, 2, "valid"],
  [[2, 7, 9, 8], 2, 2, "same"],
  [[1, 7, 7, 12], 3, 2, "valid"],
  [[1, 6, 6, 4], 3, 1, "same"],
  [[1, 6, 6, 4], 3, 2, 1],
  [[2, 6, 6, 3], 2, 2, "valid"],
];

for (const [shape, size, strides, pad] of pools) {
  Deno.test(`max pooling of [${shape}] by ${size}, strides ${strides}, ${pad}, and its gradient`, async () => {
    await assertSameAsCpu(() => {
      // Integers, so that windows have several maxima.
      const x = ramp(shape, 3).round() as tf.Tensor4D;
      const rounding = typeof pad === "string" ? undefined : "floor";
      const pool = (x: tf.Tensor): tf.Tensor =>
        tf.maxPool(x as tf.Tensor4D, size, strides, pad, rounding);
      const weights = ramp(pool(x).shape);
      return [pool(x), tf.grad((x) => pool(x).mul(weights).sum())(x)];
    });
  });
}

Deno.test("average pooling and cropping equal plain JavaScript's", async () => {
  await assertSameAsCpu(() => {
    const x = ramp([2, 6, 6, 4]) as tf.Tensor4D;
    const average = (x: tf.Tensor): tf.Tensor => tf.avgPool(x as tf.Tensor4D, 2, 2, "valid");
    const boxes = tf.tensor2d([[0, 0, 0.5, 0.5], [0.1, 0.2, 0.9, 1]]);
    const crops = tf.image.cropAndResize(x, boxes, tf.tensor1d([0, 1], "int32"), [4, 4]);
    return [tf.grad((x) => average(x).square().sum())(x), crops];
  });
});

Deno.test("a tensor that does not fit into the memory throws an OutOfMemoryError", async () => {
  await valuesOn("wasm", () => {
    const heap = heapOf(tf.backend());
    const blocks: tf.TensorInfo[] = [];
    // Nearly a gigabyte each, never written to; WebAssembly can address four.
    const allocate = (): unknown => blocks.push(heap.output([240_000_000]));
    assert.throws(
      () => [1, 2, 3, 4, 5].forEach(allocate),
      /^OutOfMemoryError: the wasm engine's memory is full \(\d+ MiB, 960000000 bytes more requested\)/,
    );
    blocks.forEach((block) => heap.release(block));
    return [];
  });
});
