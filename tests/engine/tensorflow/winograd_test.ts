import assert from "node:assert/strict";
import { compile, type Precision } from "../../../lib/engine/compile.ts";
import { oneDimension } from "../../../lib/engine/tensorflow/kernels/winograd/transforms.ts";
import {
  isWinogradFaster,
  winogradConvolution,
  winogradFilterGradient,
  winogradInputGradient,
} from "../../../lib/engine/tensorflow/kernels/winograd/winograd.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { cpus, shapesOf } from "./rules.ts";
import { testWithTensorFlow } from "./support.ts";

type Size = readonly [batch: number, height: number, width: number];

/** One pixel, incomplete tiles, complete tiles, and a batch that is computed in parts. */
const sizes: Size[] = [[2, 1, 1], [3, 5, 6], [2, 8, 4], [1, 3, 9], [4, 61, 63]];
const [channels, filters] = [128, 3];

const sine = (shape: readonly number[], seed: number): tf.Tensor4D => {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape([...shape]) },
    (_, index) => Math.sin(index * index + seed),
  );
  return tf.tensor<tf.Rank.R4>(values, [...shape] as tf.Tensor4D["shape"]);
};
interface Inputs {
  readonly x: tf.Tensor4D;
  readonly w: tf.Tensor4D;
  readonly dy: tf.Tensor4D;
}

/** By TensorFlow's own kernels: Winograd's algorithm is not used for "valid" padding. */
const direct = (x: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D =>
  tf.conv2d(x.pad([[0, 0], [1, 1], [1, 1], [0, 0]]), w, 1, "valid");

const cases: Record<string, Record<"fast" | "direct", (inputs: Inputs) => tf.Tensor>> = {
  "a convolution": {
    fast: ({ x, w }) => winogradConvolution(x, w),
    direct: ({ x, w }) => direct(x, w),
  },
  "its gradient with respect to the images": {
    fast: ({ w, dy }) => winogradInputGradient(dy, w),
    direct: ({ x, w, dy }) => tf.grad((it) => direct(it as tf.Tensor4D, w).mul(dy).sum())(x),
  },
  "its gradient with respect to the filter": {
    fast: ({ x, dy }) => winogradFilterGradient(x, dy),
    direct: ({ x, w, dy }) => tf.grad((it) => direct(x, it as tf.Tensor4D).mul(dy).sum())(w),
  },
};

Deno.test("the transforms compute a convolution in one dimension", () => {
  const times = (matrix: readonly (readonly number[])[], vector: readonly number[]): number[] =>
    matrix.map((row) => row.reduce((sum, value, index) => sum + value * vector[index]!, 0));
  const [image, filter] = [[3, -1, 4, 1, -5, 9], [2, 7, -1]];
  const [a, b] = [times(oneDimension.image, image), times(oneDimension.filter, filter)];
  const result = times(oneDimension.result, a.map((value, index) => value * b[index]!));
  const expected = [0, 1, 2, 3].map((at) =>
    filter.reduce((sum, value, index) => sum + value * image[at + index]!, 0)
  );
  assertClose(result, expected, 1e-12);
});

for (const [name, { fast, direct }] of Object.entries(cases)) {
  testWithTensorFlow(`${name} by Winograd equals TensorFlow's own`, () => {
    const before = tf.memory().numTensors;
    for (const size of sizes) {
      const inputs = {
        x: sine([...size, channels], 1),
        w: sine([3, 3, channels, filters], 2),
        dy: sine([...size, filters], 3),
      };
      const compute = (x: tf.Tensor4D, w: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor =>
        fast({ x, w, dy });
      const compiled = (["float32", "bfloat16"] as const).map((precision) =>
        compile(compute, { precision })
      );
      tf.tidy(() => {
        const expected = direct(inputs);
        const largest = expected.abs().max();
        for (const run of [compute, ...compiled]) {
          const result = run(inputs.x, inputs.w, inputs.dy);
          assertClose(result.div(largest), expected.div(largest), 1e-5);
        }
      });
      tf.dispose(Object.values(inputs));
      for (const run of compiled) run.dispose();
    }
    assert.equal(tf.memory().numTensors, before);
  });
}

testWithTensorFlow("a convolution by Winograd has a relative error of less than 3e-6", async () => {
  const [x, w] = [
    tf.randomNormal<tf.Rank.R4>([2, 16, 16, 256], 0, 1, "float32", 1),
    tf.randomNormal<tf.Rank.R4>([3, 3, 256, 32], 0, 1, "float32", 2),
  ];
  const error = tf.tidy(() => {
    const expected = direct(x, w);
    return winogradConvolution(x, w).sub(expected).square().mean().div(expected.square().mean())
      .sqrt();
  });
  assert.ok((await error.data())[0]! < 3e-6);
  tf.dispose([x, w, error]);
});

Deno.test("isWinogradFaster() is true for 3 × 3 filters with many channels and tiles", () => {
  const { avx2, avx512, amx } = cpus;
  const isFaster = (
    features: string[],
    precision: Precision,
    ...layer: Parameters<typeof shapesOf>
  ): boolean => isWinogradFaster(...shapesOf(...layer), precision, features);
  assert.equal(isFaster(avx512, "float32", [8, 28, 512]), true);
  assert.equal(isFaster(avx512, "float32", [8, 28, 512], 512, 1), false);
  assert.equal(isFaster(avx512, "float32", [1, 14, 512]), false);
  assert.equal(isFaster(avx512, "float32", [8, 224, 64]), false);
  assert.equal(isFaster(avx2, "float32", [8, 224, 64]), true);
  assert.equal(isFaster(avx2, "float32", [8, 224, 3], 64), false);
  assert.equal(isFaster([], "float32", [8, 28, 512]), false);
  assert.equal(isFaster(amx, "float32", [8, 28, 512]), true);
  assert.equal(isFaster(amx, "bfloat16", [8, 28, 512]), false);
  assert.equal(isFaster(avx512, "bfloat16", [8, 28, 512]), true);
  assert.equal(isFaster(avx512, "bfloat16", [8, 112, 128]), false);
  assert.equal(isFaster(avx512, "bfloat16", [64, 4, 512]), false);
  assert.equal(isFaster(avx512, "bfloat16", [64, 8, 256]), false);
  assert.equal(isFaster(avx512, "float32", [64, 2, 512]), false);
  assert.equal(isFaster(avx512, "float32", [8, 112, 64], 128), true);
  assert.equal(isFaster(avx512, "float32", [8, 112, 64]), false);
});
