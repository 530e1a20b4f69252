import { tf } from "../../../lib/engine/tf.ts";
import { Gelu } from "../../../lib/vgg/layers/gelu.ts";
import { assertClose } from "../../assert_close.ts";

await tf.setBackend("cpu");

const x = tf.tensor1d([-2, -1, 0, 1, 2]);
/** Φ(1) and Φ(2), and the density there, of tables. */
const [at1, at2, density0, density1, density2] = [
  ...[0.8413447, 0.9772499],
  ...[0.3989423, 0.2419707, 0.0539910],
] as [number, number, number, number, number];

Deno.test("Gelu multiplies by the normal distribution function", () => {
  const output = new Gelu().apply(x) as tf.Tensor;
  assertClose(output, [-2 * (1 - at2), -(1 - at1), 0, at1, 2 * at2], 1e-6);
});

Deno.test("Gelu has the gradient of its formula", () => {
  const gelu = new Gelu();
  const gradient = tf.grad((x) => (gelu.apply(x) as tf.Tensor).mul([1, 1, density0, 1, 10]))(x);
  assertClose(gradient, [
    1 - at2 - 2 * density2,
    1 - at1 - density1,
    0.5 * density0,
    at1 + density1,
    10 * (at2 + 2 * density2),
  ], 1e-6);
});
