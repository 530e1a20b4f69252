import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { assertSameAsCpu, ramp, valuesOn } from "./support.ts";

interface Case {
  readonly image: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid" | number | tf.backend_util.ExplicitPadding;
}

const cases: Case[] = [
  { image: [2, 8, 8, 3], filter: [3, 3, 3, 8], strides: 1, pad: "same" },
  { image: [2, 7, 9, 5], filter: [3, 3, 5, 7], strides: 1, pad: "valid" },
  { image: [1, 9, 8, 4], filter: [3, 3, 4, 10], strides: 2, pad: "same" },
  { image: [2, 9, 7, 6], filter: [3, 3, 6, 3], strides: 2, pad: "valid" },
  { image: [2, 6, 6, 13], filter: [1, 1, 13, 9], strides: 1, pad: "same" },
  { image: [1, 8, 8, 2], filter: [5, 3, 2, 4], strides: [1, 2], pad: 1 },
  {
    image: [2, 6, 8, 3],
    filter: [3, 4, 3, 5],
    strides: [2, 1],
    pad: [[0, 0], [2, 1], [0, 3], [0, 0]],
  },
  { image: [1, 1, 1, 1], filter: [1, 1, 1, 1], strides: 1, pad: "same" },
  { image: [1, 2, 2, 200], filter: [2, 2, 200, 520], strides: 1, pad: "same" },
  { image: [8, 15, 15, 3], filter: [3, 3, 3, 6], strides: 1, pad: "same" },
];

for (const { image, filter, strides, pad } of cases) {
  const where = `[${image}] by [${filter}], strides ${strides}, padding ${JSON.stringify(pad)}`;
  Deno.test(`conv2d() of ${where} equals plain JavaScript's, its gradients too`, async () => {
    await assertSameAsCpu(() => {
      const x = ramp(image) as tf.Tensor4D;
      const kernel = ramp(filter) as tf.Tensor4D;
      const rounding = typeof pad === "string" ? undefined : "floor";
      const convolve = (x: tf.Tensor, kernel: tf.Tensor): tf.Tensor =>
        tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad, "NHWC", 1, rounding);
      const y = convolve(x, kernel);
      const weights = ramp(y.shape);
      const gradients = tf.grads((x, kernel) => convolve(x, kernel).mul(weights).sum());
      return [y, ...gradients([x, kernel])];
    });
  });
}

Deno.test("conv2d() looks at every second pixel where dilated, as in plain JavaScript", async () => {
  await assertSameAsCpu(() => [
    tf.conv2d(
      ramp([2, 9, 9, 3]) as tf.Tensor4D,
      ramp([3, 3, 3, 5]) as tf.Tensor4D,
      1,
      "same",
      "NHWC",
      2,
    ),
  ]);
});

Deno.test("conv2d() refuses channels first by name", async () => {
  await valuesOn("wasm", () => {
    const [x, filter] = [ramp([1, 3, 4, 4]) as tf.Tensor4D, ramp([3, 3, 3, 2]) as tf.Tensor4D];
    assert.throws(
      () => tf.conv2d(x, filter, 1, "same", "NCHW"),
      /must be NHWC on .* Received: NCHW$/,
    );
    return [];
  });
});
