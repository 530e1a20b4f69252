import assert from "node:assert/strict";
import { makeAugment, resolveNormalization } from "../../../lib/data/augment/mod.ts";
import type { Precision } from "../../../lib/engine/compile.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { createScheduler } from "../../../lib/training/loop/learning_rate.ts";
import { type Recipe, recipes } from "../../../lib/training/recipes.ts";
import { lossGradients } from "../../../lib/training/step/gradients.ts";
import { Optimizer } from "../../../lib/training/step/optimizer.ts";
import { TrainingStep } from "../../../lib/training/step/training_step.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { testWithTensorFlow } from "../../engine/tensorflow/support.ts";

interface Case {
  readonly network: VGGOptions;
  readonly recipe: Partial<Recipe>;
  /** Factor on the learning rate. */
  readonly pace?: number;
}

const plain: Recipe = {
  ...recipes.fast,
  batchSize: 16,
  labelSmoothing: 0,
  weightDecay: { kind: "l2", value: 0 },
  schedule: { kind: "constant", rate: 0.02 },
};
const cases: Readonly<Record<string, Case>> = {
  "a plain net": { network: {}, recipe: {} },
  "batch normalization": { network: { batchNorm: true }, recipe: {} },
  "dropout": {
    network: { dropout: 0.5, head: "4096-4096", initializer: "glorot" },
    recipe: {},
  },
  "an L2 penalty, a schedule and label smoothing": {
    network: { batchNorm: true },
    recipe: {
      weightDecay: { kind: "l2", value: 0.01 },
      labelSmoothing: 0.1,
      schedule: { kind: "one-cycle", peak: 0.05, start: 0.1, rise: 0.4, end: 0.01 },
    },
  },
  "decoupled decay, clipping and plain momentum": {
    network: {},
    recipe: { weightDecay: { kind: "decoupled", value: 0.01 }, clipNorm: 0.5, nesterov: false },
  },
  "Adam": {
    network: { batchNorm: true },
    recipe: { optimizer: "adam", schedule: { kind: "constant", rate: 0.001 } },
  },
  "local response normalization": { network: { configuration: "A-LRN" }, recipe: {} },
};
const steps = 5;
/**
 * The tolerance of the loss. CPUs without bfloat16 emulate it, and accumulate in it too; batch normalization
 * amplifies rounding errors if it has few values, on a GPU as well.
 */
const bfloat16Tolerance = 2e-2;
const labels = Array.from({ length: 16 }, (_, index) => index % 4);
const augment = makeAugment({ kind: "none" }, resolveNormalization("rescale"));

function makeModel(network: VGGOptions): tf.LayersModel {
  return buildVGG({
    configuration: "A",
    inputSize: 32,
    classes: 4,
    width: 1 / 8,
    head: "small",
    initializer: "he",
    activation: "linear",
    ...network,
  });
}

/** Returns the losses of five steps. */
async function losses(
  { network, recipe, pace = 1 }: Case,
  start: (model: tf.LayersModel, recipe: Recipe) => {
    step: (images: tf.Tensor4D, rate: number, number: number) => Promise<number>;
    dispose: () => void;
  },
): Promise<number[]> {
  const model = makeModel(network);
  const whole = { ...plain, ...recipe };
  const schedule = createScheduler(whole.schedule, steps);
  const images = tf.randomNormal([16, 32, 32, 3], 0, 1, "float32", 3) as tf.Tensor4D;
  const { step, dispose } = start(model, whole);
  const values: number[] = [];
  for (let number = 0; number < steps; number++) {
    values.push(await step(images, pace * schedule.rateAt(number), number));
  }
  dispose();
  images.dispose();
  model.dispose();
  return values;
}

const compiled = (precision: Precision) => (work: Case): Promise<number[]> =>
  losses(work, (model, recipe) => {
    const step = new TrainingStep(model, { recipe, augment, precision, microBatch: 16 });
    return {
      step: async (images, rate, number) =>
        (await step.run({ drawn: [images], labels, rate, seed: [1, number] })).loss,
      dispose: () => step.dispose(),
    };
  });

/** The same with single operations. */
const eager = (work: Case): Promise<number[]> =>
  losses(work, (model, recipe) => {
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const optimizer = new Optimizer(
      variables.map((variable) => ({ name: variable.name, variable })),
      recipe,
    );
    return {
      step: (images, rate, number) =>
        Promise.resolve(tf.tidy(() => {
          const { gradients, summary } = lossGradients(model, variables, {
            images,
            labels: tf.tensor1d(labels, "int32"),
            seed: tf.tensor1d([1, number], "int32"),
            labelSmoothing: recipe.labelSmoothing,
          });
          optimizer.apply(gradients, tf.scalar(rate));
          return summary.dataSync<"float32">()[0]!;
        })),
      dispose: () => optimizer.dispose(),
    };
  });

function assertWithin(actual: number[], expected: number[], tolerance: number): void {
  expected.forEach((value, index) => {
    const difference = Math.abs(actual[index]! - value);
    assert.ok(difference <= tolerance, `step ${index + 1}: ${actual[index]} for ${value}`);
  });
}

for (const [name, work] of Object.entries(cases)) {
  testWithTensorFlow(
    `five compiled steps have the losses of single operations: ${name}`,
    async () => {
      const before = tf.memory().numTensors;
      const expected = await eager(work);
      assertWithin(await compiled("float32")(work), expected, 5e-4);
      assert.ok(new Set(expected).size === steps, "the net stands still");
      assert.equal(tf.memory().numTensors, before);
    },
  );

  testWithTensorFlow(`five steps in bfloat16 have nearly the same losses: ${name}`, async () => {
    // Noise learned by leaps would make much of small differences.
    const slow = { ...work, pace: 0.01 };
    const expected = await compiled("float32")(slow);
    const reduced = await compiled("bfloat16")(slow);
    assertWithin(reduced, expected, bfloat16Tolerance * Math.max(1, ...expected));
    assert.notDeepEqual(reduced, expected);
  });
}
