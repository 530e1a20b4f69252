import assert from "node:assert/strict";
import type { RecipeChanges } from "../../../lib/training/config/recipe.ts";
import { resolveSettings } from "../../../lib/training/config/resolve_settings.ts";
import type { TrainSettings } from "../../../lib/training/config/settings.ts";
import type { Transfer } from "../../../lib/training/init/transfer.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { tinySet } from "../tiny_set.ts";

Deno.test("resolveSettings() lets the user overrule the data set, and that the recipe", () => {
  const plain = resolveSettings({}, tinySet);
  assert.deepEqual(
    [plain.name, plain.network.configuration, plain.network.inputSize, plain.network.classes],
    ["fast", "A", 64, 2],
  );
  assert.equal(resolveSettings({}, { ...tinySet, imageSize: 32 }).network.inputSize, 32);
  const asked = resolveSettings({
    changes: { epochs: 3 },
    learningRate: 0.5,
    network: { configuration: "E", inputSize: 48, batchNorm: false, weightDecay: 0.25 },
  }, { ...tinySet, imageSize: 32 });
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
    [recipe.epochs, recipe.batchSize, recipe.passesPerEpoch, recipe.momentum, recipe.nesterov],
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
  const paper = { kind: "paper", flip: true, colorShift: 0.1 };
  assert.deepEqual(at(224), { ...paper, crop: 224, shortestSide: [256, 256] });
  assert.deepEqual(at(56), { ...paper, crop: 56, shortestSide: [64, 64] });
});

Deno.test("resolveSettings() takes another scale, fixed or jittered, for any recipe that crops", () => {
  const sidesAt = (scale: number | [number, number]): unknown => {
    const { recipe } = resolveSettings({ recipe: "paper", scale }, tinySet);
    const augmentation = recipe.augmentation(224);
    assert.ok(augmentation.kind === "paper" && augmentation.crop === 224);
    return augmentation.shortestSide;
  };
  assert.deepEqual(sidesAt(384), [384, 384]);
  assert.deepEqual(sidesAt([256, 512]), [256, 512]);
});

Deno.test("resolveSettings() waits on a plateau for the recipe's share of the epochs", () => {
  const patienceOf = (changes: RecipeChanges): unknown => {
    const { schedule } = resolveSettings({ recipe: "paper", changes }, tinySet).recipe;
    return schedule.kind === "plateau" && schedule.patience;
  };
  assert.deepEqual(
    [{}, { epochs: 148 }, { epochs: 44 }, { epochs: 10 }, { epochs: 10, patience: 1 }]
      .map(patienceOf),
    [5, 10, 3, 2, 1],
  );
});

Deno.test("resolveSettings() takes the recipe's rate, but not over the one that is asked for", () => {
  const rateOf = (settings: TrainSettings): unknown => {
    const { schedule } = resolveSettings(settings, { ...tinySet, train: { length: 5000 } }).recipe;
    return schedule.kind === "one-cycle" ? schedule.peak : schedule.rate;
  };
  assert.equal(rateOf({}), 0.05);
  assert.equal(rateOf({ recipe: "article" }), 0.01);
  assert.equal(rateOf({ learningRate: 0.03 }), 0.03);
  assert.equal(rateOf({ changes: { schedule: { kind: "constant", rate: 0.02 } } }), 0.02);
});

Deno.test("resolveSettings() starts from the identity with batch normalization only", () => {
  const startOf = (network: VGGOptions): unknown =>
    resolveSettings({ network }, tinySet).network.initializer;
  const asked = [{}, { batchNorm: false }, { batchNorm: false, initializer: "glorot" } as const];
  assert.deepEqual(asked.map(startOf), ["dirac", "he", "glorot"]);
});

Deno.test("resolveSettings() fine-tunes trained weights that have new layers, and keeps what is theirs", () => {
  const transfer: Transfer = {
    network: { configuration: "B", inputSize: 48, width: 0.5, batchNorm: true, head: "small" },
    newLayers: ["predictions"],
    fit: { mode: "crop", size: 48, shortestSide: 55 },
    normalization: { kind: "subtract-mean", mean: [1, 2, 3], deviation: [1, 1, 1] },
  };
  const { name, network, recipe } = resolveSettings({}, { ...tinySet, imageSize: 32 }, transfer);
  assert.deepEqual(
    [name, network.configuration, network.inputSize, network.width, network.classes],
    ["finetune", "B", 48, 0.5, 2],
  );
  assert.deepEqual([recipe.fit, recipe.normalization], ["crop", "subtract-mean"]);
  const known = { ...transfer, newLayers: [] };
  assert.equal(resolveSettings({}, tinySet, known).name, "fast");
  const rateOf = (batchNorm: boolean): unknown => {
    const own = { ...transfer, network: { ...transfer.network, batchNorm } };
    const { schedule } = resolveSettings({}, tinySet, own).recipe;
    return schedule.kind === "one-cycle" && schedule.peak;
  };
  assert.deepEqual([true, false].map(rateOf), [0.2, 0.2 * 0.05]);
});

Deno.test("resolveSettings() refuses settings that do not go together", () => {
  const wrong: [TrainSettings, RegExp][] = [
    [{ changes: { patience: 2 } }, /patience needs .*: paper\. Received: 2, for a one-cycle rate/],
    [{ scale: 96 }, /scale needs .*: paper\. Received: 96, for the augmentation translate/],
    [{ recipe: "paper", scale: 223 }, /scale must be .* input's 224 pixels, .*Received: 223/],
    [{ recipe: "paper", scale: [300, 280] }, /scale must be .* Received: 300,280/],
    [{ recipe: "features" }, /recipe features needs weights to start from.*Received: none/],
  ];
  for (const [settings, message] of wrong) {
    assert.throws(() => resolveSettings(settings, tinySet), { name: "OptionError", message });
  }
});

Deno.test("resolveSettings() takes the recipe cifar for CIFAR-10 as a whole, unless its net or steps are asked for", () => {
  const train = { ...tinySet.train, length: 45_000 };
  const whole = { ...tinySet, name: "cifar10", imageSize: 32, train };
  const nameOf = (settings: TrainSettings, dataset = whole): string =>
    resolveSettings(settings, dataset).name;
  const { network, recipe } = resolveSettings({}, whole);
  assert.deepEqual([nameOf({}), network.configuration, recipe.batchSize], ["cifar", "S", 1024]);
  assert.equal(nameOf({ changes: { epochs: 20 } }), "cifar");
  assert.equal(nameOf({}, { ...whole, train: { ...train, length: 19_999 } }), "fast");
  assert.equal(nameOf({}, { ...whole, name: "cifar100" }), "fast");
  assert.equal(nameOf({ recipe: "fast" }), "fast");
  assert.equal(nameOf({ network: { configuration: "A" } }), "fast");
  assert.equal(nameOf({ network: { batchNorm: false } }), "fast");
  assert.equal(nameOf({ network: { inputSize: 64 } }), "fast");
  assert.equal(nameOf({ changes: { batchSize: 64 } }), "fast");
  assert.equal(nameOf({ learningRate: 0.1 }), "fast");
});
