import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { type BatchRows, SeededDropout } from "../../../lib/vgg/layers/dropout.ts";
import { assertClose } from "../../assert_close.ts";
import { testWithTensorFlow } from "../../engine/tensorflow/support.ts";

await tf.setBackend("cpu");

const x = tf.ones([50, 40]);

function apply(layer: tf.layers.Layer, settings: Record<string, unknown>): number[] {
  return [...(layer.apply(x, settings) as tf.Tensor).dataSync()];
}

function seeded(first: number, second: number): Record<string, unknown> {
  return { training: true, seed: tf.tensor1d([first, second], "int32") };
}

Deno.test("SeededDropout drops the given fraction and scales the rest", () => {
  const values = apply(new SeededDropout({ rate: 0.2 }), seeded(42, 0));
  const kept = values.filter((value) => value !== 0);
  assertClose(kept, kept.map(() => 1.25), 1e-6);
  // For 2,000 draws 0.045 is five standard errors.
  assert.ok(Math.abs(kept.length / values.length - 0.8) < 0.045, `${kept.length} are kept`);
});

Deno.test("SeededDropout changes its mask only with the seed", () => {
  const layer = new SeededDropout({ rate: 0.5 });
  assert.deepEqual(apply(layer, seeded(1, 2)), apply(layer, seeded(1, 2)));
  assert.notDeepEqual(apply(layer, seeded(1, 2)), apply(layer, seeded(1, 3)));
  assert.notDeepEqual(apply(layer, seeded(1, 2)), apply(layer, seeded(2, 2)));
});

Deno.test("SeededDropout has another mask in each stream of a seed", () => {
  const [first, second] = [0, 1].map((stream) =>
    apply(new SeededDropout({ rate: 0.5, stream }), seeded(1, 2))
  );
  assert.notDeepEqual(first, second);
});

/** Compares the masks of a batch of five with those of four of its rows, in another order. */
function assertSameRows(): void {
  const layer = new SeededDropout({ rate: 0.5, stream: 1 });
  const mask = (length: number, rows?: BatchRows): number[][] => {
    const output = layer.apply(tf.ones([length, 2, 9]), { ...seeded(1, 2), rows }) as tf.Tensor3D;
    return output.as2D(length, -1).arraySync();
  };
  const whole = mask(5);
  const order = [4, 0, 3, 1];
  const rows = tf.tensor1d(order, "int32");
  const expected = order.map((row) => whole[row]);
  assert.deepEqual(mask(4, { rows, batchSize: 8 }), expected);
  assert.equal(new Set(expected.map(String)).size, 4);
}

Deno.test(
  "SeededDropout gives rows of a batch their rows of the whole batch's mask",
  assertSameRows,
);

testWithTensorFlow("SeededDropout does so on TensorFlow", async () => {
  await tf.setBackend("tensorflow");
  assertSameRows();
  await tf.setBackend("cpu");
});

Deno.test("SeededDropout draws a seed if none is given", () => {
  const layer = new SeededDropout({ rate: 0.5 });
  assert.notDeepEqual(apply(layer, { training: true }), apply(layer, { training: true }));
});

Deno.test("SeededDropout does nothing outside training or at rate 0", () => {
  const ones = [...x.dataSync()];
  assert.deepEqual(apply(new SeededDropout({ rate: 0.5 }), {}), ones);
  assert.deepEqual(apply(new SeededDropout({ rate: 0 }), seeded(1, 2)), ones);
});

Deno.test("SeededDropout passes gradients only to the kept values", () => {
  const layer = new SeededDropout({ rate: 0.5 });
  const settings = seeded(3, 4);
  const gradient = tf.grad((input) => layer.apply(input, settings) as tf.Tensor)(x);
  // The input is all ones, so output and gradient are both the scaled mask.
  assert.deepEqual([...gradient.dataSync()], apply(layer, settings));
});

for (const kind of ["sequential", "functional"] as const) {
  Deno.test(`SeededDropout gets its seed from a ${kind} model`, () => {
    const layers = [0, 1].map((stream) => new SeededDropout({ rate: 0.5, stream }));
    const model = kind === "sequential" ? sequential(layers) : functional(layers);
    assert.deepEqual(apply(model, seeded(5, 6)), apply(model, seeded(5, 6)));
    assert.notDeepEqual(apply(model, seeded(5, 6)), apply(model, seeded(5, 7)));
    assert.deepEqual(apply(model, { training: false }), [...x.dataSync()]);
  });
}

function sequential(layers: tf.layers.Layer[]): tf.LayersModel {
  return tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [40] }), ...layers] });
}

function functional(layers: tf.layers.Layer[]): tf.LayersModel {
  const inputs = tf.input({ shape: [40] });
  const outputs = layers.reduce((tensor, layer) => layer.apply(tensor) as typeof inputs, inputs);
  return tf.model({ inputs, outputs });
}

Deno.test("SeededDropout writes its settings", () => {
  const layer = new SeededDropout({ rate: 0.3, stream: 2, name: "fc1_dropout" });
  const { rate, stream, name } = layer.getConfig();
  assert.deepEqual({ rate, stream, name }, { rate: 0.3, stream: 2, name: "fc1_dropout" });
});

Deno.test("SeededDropout rejects a rate of 1", () => {
  assert.throws(() => new SeededDropout({ rate: 1 }), /less than 1\. Received: 1$/);
});

Deno.test("SeededDropout leaks no tensors", () => {
  const layer = new SeededDropout({ rate: 0.5 });
  const before = tf.memory().numTensors;
  tf.dispose(layer.apply(x, { training: true }) as tf.Tensor);
  assert.equal(tf.memory().numTensors, before);
});
