import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";

await tf.setBackend("cpu");

const form: VGGOptions = { configuration: "A", inputSize: 32, width: 1 / 4, classes: 10 };

function weightsOf(options: VGGOptions, layer: string): Float32Array[] {
  const model = buildVGG({ ...form, ...options });
  const weights = model.getLayer(layer).getWeights().map((weight) =>
    Float32Array.from(weight.dataSync())
  );
  model.dispose();
  return weights;
}

function kernelOf(options: VGGOptions, layer: string): Float32Array {
  const [kernel] = weightsOf(options, layer);
  assert.ok(kernel);
  return kernel;
}

function momentsOf(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** The fans of block4_conv2 at a quarter of the width: 3 · 3 · 128 inputs and as many outputs. */
const fan = 3 * 3 * 128;

for (
  const [initializer, deviation] of [
    ["he", Math.sqrt(2 / fan)],
    ["glorot", Math.sqrt(2 / (fan + fan))],
    ["paper", 0.1],
  ] as const
) {
  Deno.test(`buildVGG() draws ${initializer} kernels with the right standard deviation`, () => {
    const { mean, deviation: measured } = momentsOf(kernelOf({ initializer }, "block4_conv2"));
    // 147,456 values: the standard error of the deviation is 0.2 %.
    assert.ok(Math.abs(measured / deviation - 1) < 0.01, `${measured} is not ${deviation}`);
    assert.ok(Math.abs(mean) < deviation * 0.01);
  });
}

Deno.test("buildVGG() makes dirac kernels that pass their input on, up to their number of channels", () => {
  const options = { ...form, initializer: "dirac", head: "small" } as const;
  const model = buildVGG({ ...options, configuration: "C" });
  const images = tf.randomNormal([1, 4, 4, 64], 0, 1, "float32", 7);
  for (const name of ["block3_conv2", "block3_conv3"]) {
    const [kernel] = model.getLayer(name).getWeights();
    tf.tidy(() => {
      const passed = tf.conv2d(images as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same");
      assert.equal(passed.sub(images).abs().max().dataSync()[0], 0, name);
    });
  }
  tf.dispose(images);
  model.dispose();
  const [widening, he] = ["dirac", "he"].map((initializer) =>
    kernelOf({ initializer: initializer as "dirac" | "he" }, "block3_conv1")
  );
  // 32 channels in, 64 out: the first half of the filters passes them on, the second half is He's.
  widening!.forEach((value, at) => {
    const [row, filter] = [Math.floor(at / 64), at % 64];
    if (filter >= 32) assert.equal(value, he![at]);
    else assert.equal(value, row === 4 * 32 + filter ? 1 : 0);
  });
  const [first, usual] = ["dirac", "he"].map((initializer) =>
    kernelOf({ initializer: initializer as "dirac" | "he" }, "block1_conv1")
  );
  assert.deepEqual(first, usual);
});

Deno.test("buildVGG() starts biases at zero and normalization at the identity", () => {
  const bias = weightsOf({}, "block1_conv1")[1];
  assert.ok(bias?.every((value) => value === 0));
  const normalization = weightsOf({ batchNorm: true }, "block1_conv1_bn").map((values) =>
    new Set(values)
  );
  assert.deepEqual(normalization, [[1], [0], [0], [1]].map((values) => new Set(values)));
});

Deno.test("buildVGG() draws the same weights from the same seed only", () => {
  const [first, again, other] = [{ seed: 1 }, { seed: 1 }, { seed: 2 }].map((options) =>
    kernelOf(options, "block2_conv1")
  );
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
});

Deno.test("buildVGG() keeps the convolutions' weights when the head changes", () => {
  const [paper, small] = (["4096-4096", "small"] as const).map((head) =>
    kernelOf({ head }, "block5_conv2")
  );
  assert.deepEqual(paper, small);
  assert.notDeepEqual(paper, kernelOf({}, "block5_conv1"));
});

Deno.test("buildVGG() draws the last layer by classifierInitializer", () => {
  const classifierInitializer = { standardDeviation: 0.01 };
  const { deviation } = momentsOf(kernelOf({ classifierInitializer }, "predictions"));
  assert.ok(Math.abs(deviation / 0.01 - 1) < 0.05);
  const [others, usual] = [{ classifierInitializer }, {}].map((options) =>
    kernelOf(options, "fc1")
  );
  assert.deepEqual(others, usual);
});

Deno.test("buildVGG() copies A's first convolutions and its head into E by block and shape", () => {
  const source = buildVGG({ ...form, seed: 7 });
  const target = buildVGG({ ...form, configuration: "E", initializer: { from: source } });
  const fresh = buildVGG({ ...form, configuration: "E" });
  const copied = target.layers.map((layer) => layer.name).filter((name) => {
    const [ours, theirs] = [target, source].map((model) =>
      model.layers.find((layer) => layer.name === name)?.getWeights()[0]?.dataSync()
    );
    return ours && theirs && ours.length === theirs.length &&
      ours.every((value, index) => value === theirs[index]);
  });
  assert.deepEqual(copied, [
    "block1_conv1",
    "block2_conv1",
    "block3_conv1",
    "block3_conv2",
    "fc1",
    "fc2",
    "predictions",
  ]);
  const [rest, usual] = [target, fresh].map((model) =>
    model.getLayer("block3_conv4").getWeights()[0]?.dataSync()
  );
  assert.deepEqual(rest, usual);
});

Deno.test("buildVGG() draws the layers that are not copied from `others`, also a head of another size", () => {
  const source = buildVGG({ ...form, seed: 7 });
  const initializer = { from: source, others: "paper" } as const;
  const kernel = kernelOf({ configuration: "B", classes: 1000, initializer }, "predictions");
  assert.ok(Math.abs(momentsOf(kernel).deviation / 0.1 - 1) < 0.01);
});

Deno.test("buildVGG() rejects a source that shares no layer", () => {
  const source = buildVGG({ ...form, width: 1 / 8 });
  const before = tf.memory().numTensors;
  assert.throws(
    () => buildVGG({ ...form, classes: 3, initializer: { from: source } }),
    /^OptionError: initializer\.from must share layers .* Received: input, block1_conv1/,
  );
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("buildVGG() leaves a source usable after the copy is disposed", () => {
  const source = buildVGG(form);
  buildVGG({ ...form, configuration: "B", initializer: { from: source } }).dispose();
  assert.equal(source.getLayer("fc1").getWeights()[0]?.dataSync().length, 128 * 1024);
});
