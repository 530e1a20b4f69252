import assert from "node:assert/strict";
import { compile, type Precision } from "../../../lib/engine/compile.ts";
import {
  computeFilterGradient,
  fastestAlgorithm,
} from "../../../lib/engine/tensorflow/kernels/filter_gradient.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { cpus, shapesOf } from "./rules.ts";
import { onPlainCpu, testWithTensorFlow } from "./support.ts";

const sine = (shape: number[], seed: number): tf.Tensor4D => {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i * i + seed));
  return tf.tensor<tf.Rank>(values, shape) as tf.Tensor4D;
};

const sizes: { image: number[]; filter: [number, number, number, number] }[] = [
  { image: [2, 5, 6], filter: [3, 3, 16, 32] },
  { image: [3, 4, 4], filter: [1, 1, 16, 16] },
  { image: [2, 6, 7], filter: [5, 3, 8, 16] },
  { image: [1, 4, 6], filter: [2, 4, 16, 8] },
  { image: [2, 1, 1], filter: [3, 3, 16, 16] },
];

for (const algorithm of ["columns", "swapped"] as const) {
  testWithTensorFlow(`a filter's gradient by ${algorithm} equals plain JavaScript's`, async () => {
    const before = tf.memory().numTensors;
    for (const { image, filter } of sizes) {
      const [x, dy] = [sine([...image, filter[2]], 1), sine([...image, filter[3]], 2)];
      const compiled = compile((a: tf.Tensor, b: tf.Tensor) =>
        computeFilterGradient(algorithm, a, b, filter)
      );
      const [eager, traced] = [computeFilterGradient(algorithm, x, dy, filter), compiled(x, dy)];
      const expected = await onPlainCpu(() =>
        tf.tidy(() => {
          const gradient = tf.grad((kernel: tf.Tensor) =>
            tf.conv2d(sine([...image, filter[2]], 1), kernel as tf.Tensor4D, 1, "same")
              .mul(sine([...image, filter[3]], 2)).sum()
          );
          return gradient(tf.zeros([...filter])).dataSync<"float32">().slice();
        })
      );
      assert.deepEqual(eager.shape, [...filter]);
      assertClose(eager, expected, 1e-4);
      assertClose(traced, expected, 1e-4);
      tf.dispose([x, dy, eager, traced]);
      compiled.dispose();
    }
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("fastestAlgorithm() follows the CPU, the precision and the layer's size", () => {
  const { avx2, avx512, amx } = cpus;
  const fastest = (
    features: string[],
    precision: Precision,
    ...layer: Parameters<typeof shapesOf>
  ): string | undefined => fastestAlgorithm(...shapesOf(...layer), precision, features);
  assert.equal(fastest(avx2, "float32", [8, 224, 64]), "winograd");
  assert.equal(fastest(avx2, "float32", [8, 224, 3], 64), undefined);
  assert.equal(fastest(avx2, "float32", [64, 2, 512]), "columns");
  assert.equal(fastest(avx2, "float32", [8, 14, 512], 512, 1), "columns");
  assert.equal(fastest(avx2, "float32", [8, 56, 256], 256, 1), undefined);
  assert.equal(fastest(avx512, "float32", [8, 224, 64]), undefined);
  assert.equal(fastest(avx512, "float32", [64, 8, 256]), "winograd");
  assert.equal(fastest(avx512, "float32", [64, 2, 512]), "columns");
  assert.equal(fastest(avx512, "bfloat16", [64, 8, 256]), "winograd");
  assert.equal(fastest(avx512, "bfloat16", [64, 4, 512]), "winograd");
  assert.equal(fastest(avx512, "bfloat16", [64, 8, 128]), "swapped");
  assert.equal(fastest(avx512, "bfloat16", [64, 2, 512]), "columns");
  assert.equal(fastest(amx, "bfloat16", [64, 8, 256]), "swapped");
  assert.equal(fastest(amx, "bfloat16", [8, 8, 256]), undefined);
  assert.equal(fastest(avx512, "bfloat16", [8, 8, 256]), "winograd");
  assert.equal(fastest(avx512, "bfloat16", [8, 28, 512]), "winograd");
  assert.equal(fastest(amx, "bfloat16", [8, 28, 512]), undefined);
  assert.equal(fastest(avx2, "bfloat16", [8, 14, 512], 512, 1), undefined);
  assert.equal(fastest([], "float32", [8, 224, 64]), undefined);
});
