import { join } from "@std/path";
import assert from "node:assert/strict";
import { type Augment, makeAugment, resolveNormalization } from "../../lib/data/augment/mod.ts";
import { tf } from "../../lib/engine/tf.ts";
import { extractFeatures } from "../../lib/training/linear_probe/extract_features.ts";
import { fitLinearProbe } from "../../lib/training/linear_probe/fit_linear_probe.ts";
import { LogisticRegression } from "../../lib/training/linear_probe/logistic_regression.ts";
import { fit } from "../../lib/training/loop/fit.ts";
import { Validation } from "../../lib/training/loop/validate.ts";
import { recipes } from "../../lib/training/recipes.ts";
import { transferRecipes } from "../../lib/training/recipes.ts";
import { TrainingStep } from "../../lib/training/step/training_step.ts";
import { inFolder } from "../in_folder.ts";
import { prepareTiny } from "./tiny_set.ts";

await tf.setBackend("cpu");

const normalization = resolveNormalization("rescale");
const prepare = makeAugment({ kind: "none" }, normalization);
const { train, validation } = await prepareTiny();
const memoryEnded = /^Error: no memory is left$/;

function endMemory(): never {
  throw new Error("no memory is left");
}

/** Prepares images, but for its second half, which fails from that call on. */
function failingFrom(call: number): Augment {
  let calls = 0;
  const apply: Augment["apply"] = (drawn) => ++calls < call ? prepare.apply(drawn) : endMemory();
  return Object.assign(() => endMemory(), { sample: prepare.sample, apply });
}

/** Gives what it gets, and fails when a gradient is taken. */
class FailingGradient extends tf.layers.Layer {
  static className = "FailingGradient";
  override call(inputs: tf.Tensor[]): tf.Tensor {
    return tf.customGrad((x) => ({
      value: (x as tf.Tensor).clone(),
      gradFunc: endMemory,
    }))(inputs[0]!);
  }
  override computeOutputShape<Shape>(inputShape: Shape): Shape {
    return inputShape;
  }
}

/** Fails when it computes. */
class Failing extends tf.layers.Layer {
  static className = "Failing";
  override call(): never {
    return endMemory();
  }
  override computeOutputShape<Shape>(inputShape: Shape): Shape {
    return inputShape;
  }
}

function tinyModel(
  { classes = 2, last }: { classes?: number; last?: tf.layers.Layer } = {},
): tf.LayersModel {
  const inputs = tf.input({ shape: [32, 32, 3] });
  const layers = [
    tf.layers.averagePooling2d({ poolSize: 8 }),
    tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
    tf.layers.flatten(),
    tf.layers.dense({ units: classes, name: "predictions" }),
    ...(last ? [last] : []),
  ];
  const outputs = layers.reduce((tensor, layer) => layer.apply(tensor) as typeof inputs, inputs);
  return tf.model({ inputs, outputs });
}

/** Makes sure that what fails leaves as many tensors as there were. */
async function assertNoLeak(work: () => Promise<unknown>, error = memoryEnded): Promise<void> {
  const before = tf.memory().numTensors;
  await assert.rejects(work, error);
  assert.equal(tf.memory().numTensors, before);
}

const recipe = { ...recipes.fast, epochs: 3, batchSize: 8 };
const common = { recipe, train, validation, microBatch: 8, precision: "float32", seed: 1 } as const;

for (const step of [1, 2, 5]) {
  Deno.test(`fit() leaves no tensor where step ${step} fails`, async () => {
    const model = tinyModel();
    await assertNoLeak(() => fit({ ...common, model, prepare, augment: failingFrom(step) }));
    model.dispose();
  });
}

Deno.test("fit() leaves no tensor where a validation fails", async () => {
  const model = tinyModel();
  await assertNoLeak(() => fit({ ...common, model, prepare: failingFrom(1), augment: prepare }));
  model.dispose();
});

for (const microBatch of [8, 3]) {
  for (const [pass, last] of [["forward", Failing], ["backward", FailingGradient]] as const) {
    Deno.test(`a step of ${microBatch} images at once leaves no tensor where its ${pass} pass fails`, async () => {
      const model = tinyModel({ last: new last({}) });
      const images = tf.ones([8, 32, 32, 3]);
      const options = { recipe, augment: prepare, precision: "float32", microBatch } as const;
      const step = new TrainingStep(model, options);
      const labels = [0, 1, 0, 1, 0, 1, 0, 1];
      await assertNoLeak(() => step.run({ drawn: [images], labels, rate: 0.1, seed: [1, 1] }));
      step.dispose();
      images.dispose();
      model.dispose();
    });
  }
}

Deno.test("Validation leaves no tensor where it fails", async () => {
  const model = tinyModel();
  const failing = new Validation(model, { prepare: failingFrom(2), precision: "float32" });
  await assertNoLeak(() => failing.run(validation, 3));
  failing.dispose();
  model.dispose();
});

Deno.test("extractFeatures() leaves no tensor where a layer fails", () =>
  inFolder(async (folder) => {
    const model = tinyModel({ last: new Failing({}) });
    const options = { normalization, batchSize: 3, cacheDirectory: folder };
    await assertNoLeak(() => extractFeatures(model.layers.slice(1), train, options));
    model.dispose();
  }));

Deno.test("LogisticRegression leaves no tensor where it cannot be made", async () => {
  const data = {
    features: tf.ones<tf.Rank.R2>([4, 3]),
    labels: tf.zeros<tf.Rank.R1>([4], "int32"),
  };
  const options = { weightDecay: 0, labelSmoothing: 0 };
  await assertNoLeak(
    () => Promise.resolve().then(() => new LogisticRegression({ ...data, classes: 1 }, options)),
    /depth must be >=2/,
  );
  tf.dispose(data);
});

Deno.test("fitLinearProbe() leaves no tensor where its solver cannot be made", () =>
  inFolder(async (folder) => {
    const model = tinyModel({ classes: 1 });
    await assertNoLeak(
      () =>
        fitLinearProbe({
          ...{ ...common, model, normalization, cacheDirectory: join(folder, "cache") },
          precision: "float32",
          recipe: transferRecipes.features,
        }),
      /depth must be >=2/,
    );
    model.dispose();
  }));
