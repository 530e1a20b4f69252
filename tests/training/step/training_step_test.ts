import assert from "node:assert/strict";
import { makeAugment, resolveNormalisation } from "../../../lib/data/augment/mod.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { recipes } from "../../../lib/training/recipes.ts";
import { type StepResult, TrainingStep } from "../../../lib/training/step/training_step.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { assertClose } from "../../assert_close.ts";
import { countHandles, testWithTensorFlow } from "../../engine/tensorflow/support.ts";

const augment = makeAugment({ kind: "none" }, resolveNormalisation("rescale"));
const labels = [0, 1, 2, 0, 1];

/** What three steps on five images give, and the weights after them. */
async function threeSteps(microBatch: number): Promise<{
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
  const [whole, parts] = [await threeSteps(5), await threeSteps(2)];
  whole.results.forEach(({ loss, correct }, index) => {
    assert.ok(Math.abs(loss - parts.results[index]!.loss) < 1e-5);
    assert.equal(correct, parts.results[index]!.correct);
  });
  whole.weights.forEach((values, index) => assertClose(parts.weights[index], values, 1e-5));
}

Deno.test("TrainingStep does the same in parts as in one piece, and keeps no tensor", async () => {
  await tf.setBackend("cpu");
  await assertSameInParts();
});

testWithTensorFlow("TrainingStep does the same in parts when it is compiled", assertSameInParts);

testWithTensorFlow("TrainingStep compiled is the plain one's equal", async () => {
  const compiled = await threeSteps(5);
  await tf.setBackend("cpu");
  const plain = await threeSteps(5);
  await tf.setBackend("tensorflow");
  plain.weights.forEach((values, index) => assertClose(compiled.weights[index], values, 1e-4));
});

testWithTensorFlow(
  "2,000 compiled steps leave tensors, handles and memory as they were (slow)",
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
