import assert from "node:assert/strict";
import { resolveSettings } from "../../lib/training/settings.ts";
import { tinySet } from "./tiny_set.ts";

Deno.test("resolveSettings() lets the user overrule the data set, and that the recipe", () => {
  const plain = resolveSettings({}, tinySet);
  assert.deepEqual(
    [plain.name, plain.network.configuration, plain.network.inputSize, plain.network.classes],
    ["fast", "A", 64, 2],
  );
  assert.equal(resolveSettings({}, { ...tinySet, pictureSize: 32 }).network.inputSize, 32);
  const asked = resolveSettings({
    changes: { epochs: 3 },
    learningRate: 0.5,
    network: { configuration: "E", inputSize: 48, batchNorm: false, weightDecay: 0.25 },
  }, { ...tinySet, pictureSize: 32 });
  assert.deepEqual(
    [asked.network.configuration, asked.network.inputSize, asked.network.batchNorm],
    ["E", 48, false],
  );
  assert.equal(asked.recipe.epochs, 3);
  assert.deepEqual(asked.recipe.schedule, { ...plain.recipe.schedule, peak: 0.5 });
  assert.deepEqual(asked.recipe.weightDecay, { kind: "l2", value: 0.25 });
  assert.ok(!("weightDecay" in asked.network));
});

Deno.test("resolveSettings() keeps the article's exact settings", () => {
  const { recipe, network } = resolveSettings({ recipe: "article" }, tinySet);
  assert.deepEqual(
    [recipe.epochs, recipe.batchSize, recipe.passes, recipe.momentum, recipe.nesterov],
    [40, 256, 2, 0.9, true],
  );
  assert.deepEqual(recipe.schedule, { kind: "constant", rate: 0.01 });
  assert.deepEqual(recipe.weightDecay, { kind: "decoupled", value: 5e-4 });
  assert.deepEqual(recipe.augmentation(224), {
    kind: "affine",
    rotation: 10,
    widthShift: 0.1,
    heightShift: 0.1,
    shear: 0.1,
    zoom: 0.1,
    flip: false,
  });
  assert.deepEqual(
    [network.configuration, network.inputSize, network.dropout, network.initializer, network.head],
    ["D", 224, 0, "glorot", "4096-4096"],
  );
});

Deno.test("resolveSettings() crops 224 of 256 in the paper's recipe, at any size", () => {
  const { recipe } = resolveSettings({ recipe: "paper" }, tinySet);
  const at = (size: number): unknown => recipe.augmentation(size);
  const paper = { kind: "paper", flip: true, colourShift: 0.1 };
  assert.deepEqual(at(224), { ...paper, crop: 224, shortestSide: [256, 256] });
  assert.deepEqual(at(56), { ...paper, crop: 56, shortestSide: [64, 64] });
});

Deno.test("resolveSettings() refuses values that make no sense", () => {
  const wrong: [Parameters<typeof resolveSettings>[0], RegExp][] = [
    [{ recipe: "slow" as "fast" }, /recipe must be article, paper, fast\. Received: slow/],
    [{ changes: { epochs: 0 } }, /epochs must be a whole number from 1\. Received: 0/],
    [{ changes: { batchSize: 1.5 } }, /batch must be a whole number from 1\. Received: 1\.5/],
    [{ changes: { labelSmoothing: 1 } }, /label smoothing must be .*Received: 1/],
    [{ learningRate: -1 }, /learning rate must be a number above 0\. Received: -1/],
    [{ network: { weightDecay: -1 } }, /weight decay must be a number from 0\. Received: -1/],
  ];
  for (const [settings, message] of wrong) {
    assert.throws(() => resolveSettings(settings, tinySet), message);
  }
});
