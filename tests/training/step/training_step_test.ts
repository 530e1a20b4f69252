import assert from "node:assert/strict";
import { makeAugment, resolveNormalization } from "../../../lib/data/augment/mod.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { recipes } from "../../../lib/training/recipes.ts";
import type { StepResult } from "../../../lib/training/step/loss.ts";
import { TrainingStep } from "../../../lib/training/step/training_step.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { SeededDropout } from "../../../lib/vgg/layers/dropout.ts";
import { assertClose } from "../../assert_close.ts";
import { countHandles, testWithTensorFlow } from "../../engine/tensorflow/support.ts";

const augment = makeAugment({ kind: "none" }, resolveNormalization("rescale"));
const labels = [0, 1, 2, 0, 1];

/** Returns the results of three steps on five images, and the weights after them. */
async function threeSteps(microBatch: number, dropout = 0): Promise<{
  results: StepResult[];
  weights: Float32Array[];
}> {
  const before = tf.memory().numTensors;
  const model = buildVGG({
    configuration: "A",
    inputSize: 32,
    classes: 3,
    width: 1 / 32,
    head: "small",
    dropout,
    activation: "linear",
  });
  const images = tf.randomNormal([5, 32, 32, 3], 0, 1, "float32", 7);
  const recipe = { ...recipes.paper, batchSize: 5, clipNorm: 1, labelSmoothing: 0.1 };
  const step = new TrainingStep(model, { recipe, augment, precision: "float32", microBatch });
  const results: StepResult[] = [];
  for (let number = 0; number < 3; number++) {
    results.push(await step.run({ drawn: [images], labels, rate: 0.1, seed: [1, number] }));
  }
  const weights = model.getWeights().map((weight) => weight.dataSync<"float32">().slice());
  step.dispose();
  images.dispose();
  model.dispose();
  assert.equal(tf.memory().numTensors, before);
  return { results, weights };
}

async function assertSameInParts(): Promise<void> {
  for (const dropout of [0, 0.5]) {
    const whole = await threeSteps(5, dropout);
    for (const microBatch of [1, 2]) {
      const parts = await threeSteps(microBatch, dropout);
      whole.results.forEach(({ loss, correct }, index) => {
        assert.ok(Math.abs(loss - parts.results[index]!.loss) < 1e-5);
        assert.equal(correct, parts.results[index]!.correct);
      });
      whole.weights.forEach((values, index) => assertClose(parts.weights[index], values, 1e-5));
    }
  }
}

/** Returns the dropout mask of each image in a batch of five, for three steps. */
async function masksOf(microBatch: number): Promise<number[][][]> {
  const masks: number[][] = [];
  class Spy extends SeededDropout {
    override call(inputs: tf.Tensor[], settings: Record<string, unknown>): tf.Tensor {
      // With inputs of 1 the outputs are the mask.
      const mask = super.call(tf.onesLike(inputs[0]!), settings) as tf.Tensor2D;
      masks.push(...mask.arraySync());
      return super.call(inputs, settings);
    }
  }
  const layers = [
    tf.layers.flatten({ inputShape: [4, 4, 3] }),
    new Spy({ rate: 0.5 }),
    tf.layers.dense({ units: 3 }),
  ];
  const model = tf.sequential({ layers });
  const recipe = { ...recipes.fast, batchSize: 5 };
  const step = new TrainingStep(model, { recipe, augment, precision: "float32", microBatch });
  const images = tf.ones([5, 4, 4, 3]);
  for (let number = 0; number < 3; number++) {
    await step.run({ drawn: [images], labels, rate: 0.1, seed: [1, number] });
  }
  images.dispose();
  step.dispose();
  model.dispose();
  return [0, 5, 10].map((start) => masks.slice(start, start + 5));
}

Deno.test("TrainingStep gives every image the same dropout mask in micro-batches as in the whole batch", async () => {
  await tf.setBackend("cpu");
  const whole = await masksOf(5);
  assert.equal(new Set(whole.flat().map(String)).size, 15);
  for (const microBatch of [1, 2]) assert.deepEqual(await masksOf(microBatch), whole);
});

Deno.test("TrainingStep has the same results in micro-batches, and leaks no tensor", async () => {
  await tf.setBackend("cpu");
  await assertSameInParts();
});

testWithTensorFlow(
  "TrainingStep has the same results in micro-batches when it is compiled",
  assertSameInParts,
);

testWithTensorFlow("TrainingStep has the same results with and without compilation", async () => {
  const compiled = await threeSteps(5);
  await tf.setBackend("cpu");
  const plain = await threeSteps(5);
  await tf.setBackend("tensorflow");
  plain.weights.forEach((values, index) => assertClose(compiled.weights[index], values, 1e-4));
});

testWithTensorFlow(
  "2,000 compiled steps leak no tensors, handles or memory (slow)",
  async () => {
    const options = { configuration: "A", inputSize: 32, classes: 3, width: 1 / 32 } as const;
    const model = buildVGG({ ...options, batchNorm: true, dropout: 0.5, activation: "linear" });
    const recipe = { ...recipes.fast, batchSize: 4, clipNorm: 1 };
    const step = new TrainingStep(model, { recipe, augment, precision: "float32", microBatch: 4 });
    const counts = new Set<string>();
    const megabytes: number[] = [];
    for (let number = 0; number < 2000; number++) {
      const drawn = [tf.randomNormal([4, 32, 32, 3], 0, 1, "float32", number)];
      await step.run({ drawn, labels: [0, 1, 2, 0], rate: 1e-3, seed: [1, number] });
      tf.dispose(drawn);
      counts.add(`${tf.memory().numTensors} tensors, ${countHandles()} handles`);
      if (number % 100 === 99) megabytes.push(Deno.memoryUsage().rss / 2 ** 20);
    }
    assert.equal(counts.size, 1, [...counts].join("; "));
    const grown = megabytes.at(-1)! - megabytes[4]!;
    assert.ok(grown < 40, `${grown.toFixed(0)} MB grown in 1,500 steps`);
    step.dispose();
    model.dispose();
  },
);
