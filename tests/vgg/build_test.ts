import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";

await tf.setBackend("cpu");

const small: VGGOptions = { inputSize: 32, width: 1 / 16, classes: 10 };

function namesOf(options: VGGOptions): string[] {
  const model = buildVGG({ ...small, ...options });
  const names = model.layers.map((layer) => layer.name);
  model.dispose();
  return names;
}

Deno.test("buildVGG() names the layers of VGG16 as Keras does", () => {
  // deno-fmt-ignore
  assert.deepEqual(namesOf({ dropout: 0 }), [
    "input",
    "block1_conv1", "block1_conv2", "block1_pool",
    "block2_conv1", "block2_conv2", "block2_pool",
    "block3_conv1", "block3_conv2", "block3_conv3", "block3_pool",
    "block4_conv1", "block4_conv2", "block4_conv3", "block4_pool",
    "block5_conv1", "block5_conv2", "block5_conv3", "block5_pool",
    "flatten", "fc1", "fc2", "predictions",
  ]);
});

Deno.test("buildVGG() places normalization and dropout", () => {
  const names = namesOf({ configuration: "A-LRN", batchNorm: true });
  assert.deepEqual(names.slice(1, 6), [
    "block1_conv1",
    "block1_conv1_bn",
    "block1_conv1_relu",
    "block1_lrn",
    "block1_pool",
  ]);
  const head = ["flatten", "fc1", "fc1_dropout", "fc2", "fc2_dropout", "predictions"];
  assert.deepEqual(names.slice(-6), head);
  const smallHead = namesOf({ head: "small", dropout: 0.1 }).slice(-3);
  assert.deepEqual(smallHead, ["average_pool", "average_pool_dropout", "predictions"]);
});

Deno.test("buildVGG() returns probabilities, or logits with a linear activation", () => {
  const x = tf.randomUniform([2, 32, 32, 3], -1, 1, "float32", 1);
  const [probabilities, logits] = (["softmax", "linear"] as const).map((activation) =>
    buildVGG({ ...small, activation }).predict(x) as tf.Tensor
  );
  assert.ok(probabilities && logits);
  assert.deepEqual(probabilities.shape, [2, 10]);
  const difference = tf.max(tf.abs(tf.sub(tf.softmax(logits), probabilities))).arraySync();
  assert.ok(Number(difference) < 1e-6);
});

Deno.test("buildVGG() rounds narrow layers up to one unit", () => {
  const model = buildVGG({ ...small, width: 0.0001 });
  assert.deepEqual(model.getLayer("block1_conv1").outputShape, [null, 32, 32, 1]);
  assert.deepEqual(model.getLayer("fc1").outputShape, [null, 1]);
});

Deno.test("buildVGG() leaves out the biases of convolutions with convBias false", () => {
  const model = buildVGG({ ...small, batchNorm: true, convBias: false });
  assert.equal(model.getLayer("block1_conv1").getWeights().length, 1);
  assert.equal(model.getLayer("fc1").getWeights().length, 2);
});

Deno.test("buildVGG() makes a model that frees its tensors on dispose()", () => {
  const before = tf.memory().numTensors;
  buildVGG({ ...small, batchNorm: true, configuration: "A-LRN" }).dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("a network trains and predicts without leaking tensors", () => {
  const model = buildVGG({ ...small, batchNorm: true, configuration: "A-LRN" });
  const x = tf.ones([2, 32, 32, 3]);
  const seed = tf.tensor1d([42, 1], "int32");
  const before = tf.memory().numTensors;
  tf.dispose(model.apply(x, { training: true, seed }) as tf.Tensor);
  tf.dispose(model.predict(x));
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("a network is restored from its JSON, with this library's layers", async () => {
  const model = buildVGG({ ...small, batchNorm: true, configuration: "A-LRN" });
  const weights = tf.io.concatenateArrayBuffers([]);
  const artifacts = { modelTopology: model.toJSON(null, false) as object, weightSpecs: [] };
  const copy = await tf.loadLayersModel(
    tf.io.fromMemory({ ...artifacts, weightData: weights }),
    { strict: false },
  );
  assert.deepEqual(copy.getConfig(), model.getConfig());
  copy.setWeights(model.getWeights());
  const x = tf.ones([1, 32, 32, 3]);
  const [ours, theirs] = [model, copy].map((net) => (net.predict(x) as tf.Tensor).dataSync());
  assert.deepEqual(ours, theirs);
});

Deno.test("buildVGG() penalizes kernels, but not biases, by weightDecay / 2 · kernel²", () => {
  const model = buildVGG({ ...small, weightDecay: 0.5 });
  const kernels = model.getWeights().filter(({ rank }) => rank > 1);
  const expected = tf.tidy(() =>
    kernels.reduce((sum, kernel) => sum + 0.25 * kernel.square().sum().dataSync()[0]!, 0)
  );
  const actual = tf.tidy(() =>
    model.calculateLosses().reduce((sum, loss) => sum + loss.dataSync()[0]!, 0)
  );
  assert.ok(Math.abs(actual - expected) < 1e-3 * expected);
  model.dispose();
});
