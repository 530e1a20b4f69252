import assert from "node:assert/strict";
import { makeAugment, resolveNormalization } from "../../../lib/data/augment/mod.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { firstHighestEpochOf, type HistoryLine } from "../../../lib/runs/schemas.ts";
import type { Callback } from "../../../lib/training/callbacks/callback.ts";
import { fit, type FitOptions } from "../../../lib/training/loop/fit.ts";
import { type Recipe, recipes } from "../../../lib/training/recipes.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { testWithTensorFlow } from "../../engine/tensorflow/support.ts";
import { prepareTiny } from "../tiny_set.ts";

const recipe: Recipe = { ...recipes.fast, epochs: 3, batchSize: 8 };

async function tinyOptions(changes: Partial<FitOptions> = {}): Promise<FitOptions> {
  const normalization = resolveNormalization("rescale");
  return {
    ...await prepareTiny(),
    model: buildVGG({
      ...recipes.fast.network,
      configuration: "A",
      inputSize: 32,
      classes: 2,
      width: 1 / 16,
      dropout: 0.2,
      activation: "linear",
    }),
    recipe,
    augment: makeAugment(recipe.augmentation(32), normalization),
    prepare: makeAugment({ kind: "none" }, normalization),
    microBatch: 8,
    precision: "float32",
    seed: 1,
    ...changes,
  };
}

const numbers = (lines: readonly HistoryLine[]): number[][] =>
  lines.map(({ loss, accuracy, val_loss, val_accuracy, lr }) => [
    loss,
    accuracy,
    val_loss,
    val_accuracy,
    lr,
  ]);

testWithTensorFlow(
  "fit() learns, and the same seed gives the same history to the last bit",
  async () => {
    const histories: number[][][] = [];
    for (const seed of [1, 1, 2]) {
      const options = await tinyOptions({ seed });
      const { history, bestEpoch } = await fit(options);
      assert.equal(history.length, 3);
      assert.ok(history.at(-1)!.loss < history[0]!.loss);
      assert.ok(bestEpoch >= 1 && bestEpoch <= 3);
      histories.push(numbers(history));
      options.model.dispose();
    }
    assert.deepEqual(histories[0], histories[1]);
    assert.notDeepEqual(histories[0], histories[2]);
  },
);

testWithTensorFlow("fit() ends after the running step when it is interrupted", async () => {
  const controller = new AbortController();
  const steps: number[] = [];
  const options = await tinyOptions({
    signal: controller.signal,
    callbacks: [{
      onStep: ({ epoch, step }) => {
        steps.push(step);
        if (epoch === 2 && step === 2) controller.abort();
      },
    }],
  });
  const { history, stopped } = await fit(options);
  assert.equal(stopped, "interrupted");
  assert.equal(history.length, 1);
  assert.deepEqual(steps, [1, 2, 3, 1, 2]);
  options.model.dispose();
});

testWithTensorFlow("fit() stops early when validation accuracy no longer rises", async () => {
  const options = await tinyOptions({
    recipe: {
      ...recipe,
      epochs: 50,
      earlyStopping: 2,
      schedule: { kind: "constant", rate: 1e-9 },
    },
  });
  const { history, stopped } = await fit(options);
  assert.equal(stopped, "early stopping");
  assert.equal(history.length, firstHighestEpochOf(history) + 2);
  options.model.dispose();
});

testWithTensorFlow("fit() passes over the data as often as the recipe says", async () => {
  const options = await tinyOptions({ recipe: { ...recipe, epochs: 1, passesPerEpoch: 2 } });
  let last = 0;
  const onStep: Callback["onStep"] = ({ step, steps }) => {
    last = step * 100 + steps;
  };
  await fit({ ...options, callbacks: [{ onStep }] });
  assert.equal(last, 606);
  options.model.dispose();
});

testWithTensorFlow("200 steps leave the tensors and the memory as they were", async () => {
  const options = await tinyOptions({ recipe: { ...recipe, epochs: 70 } });
  const memory: number[] = [];
  const tensors: number[] = [];
  let total = 0;
  await fit({
    ...options,
    callbacks: [{
      onStep: () => {
        total += 1;
        tensors.push(tf.memory().numTensors);
        memory.push(Deno.memoryUsage().rss / 2 ** 20);
      },
    }],
  });
  assert.equal(total, 210);
  // Of the next batch, three steps an epoch have one drawn and the last has none.
  assert.equal(new Set(tensors).size, 2, `${[...new Set(tensors)]}`);
  const grown = memory.at(-1)! - memory[50]!;
  assert.ok(grown < 60, `${grown.toFixed(0)} MB grown in 160 steps`);
  options.model.dispose();
});
