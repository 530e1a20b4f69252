import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { LocalResponseNormalization } from "../../../lib/vgg/layers/local_response_normalization.ts";
import { assertClose } from "../../assert_close.ts";

await tf.setBackend("cpu");

const channels = 9;
const values = Array.from({ length: 2 * channels }, (_, index) => 30 * Math.sin(index * index + 1));
const x = tf.tensor4d(values, [1, 1, 2, channels]);

/** AlexNet's formula, written out: k = 2, n = 5, alpha = 10⁻⁴, beta = 0.75. */
function formula(values: ArrayLike<number>): number[] {
  return Array.from(values, (value, index) => {
    const channel = index % channels;
    let squares = 0;
    for (let offset = -2; offset <= 2; offset++) {
      const neighbor = channel + offset;
      if (neighbor >= 0 && neighbor < channels) squares += values[index + offset]! ** 2;
    }
    return value / (2 + 1e-4 * squares) ** 0.75;
  });
}

Deno.test("LocalResponseNormalization follows AlexNet's formula", () => {
  const output = new LocalResponseNormalization().apply(x) as tf.Tensor;
  assertClose(output, formula(values), 1e-4);
});

Deno.test("LocalResponseNormalization has the gradient of finite differences", () => {
  const layer = new LocalResponseNormalization();
  const weights = values.map((_, index) => Math.cos(index));
  const gradient = tf.grad((input) =>
    tf.sum(tf.mul(layer.apply(input) as tf.Tensor, tf.tensor4d(weights, x.shape)))
  )(x);
  const sum = (values: number[]): number =>
    formula(values).reduce((total, value, index) => total + value * weights[index]!, 0);
  const step = 1e-3;
  const numeric = values.map((_, index) => {
    const [above, below] = [step, -step].map((shift) =>
      sum(values.with(index, values[index]! + shift))
    );
    return (above! - below!) / (2 * step);
  });
  assertClose(gradient, numeric, 1e-4);
});

Deno.test("LocalResponseNormalization writes its settings and rejects an even n", () => {
  const { k, n, alpha, beta } = new LocalResponseNormalization({ n: 3 }).getConfig();
  assert.deepEqual({ k, n, alpha, beta }, { k: 2, n: 3, alpha: 1e-4, beta: 0.75 });
  assert.throws(() => new LocalResponseNormalization({ n: 4 }), /odd integer\. Received: 4$/);
});
