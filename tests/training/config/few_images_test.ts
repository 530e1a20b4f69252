import assert from "node:assert/strict";
import type { RecipeChanges } from "../../../lib/training/config/recipe.ts";
import { resolveSettings } from "../../../lib/training/config/resolve_settings.ts";
import type { TrainSettings } from "../../../lib/training/config/settings.ts";
import { tinySet } from "../tiny_set.ts";

/** The settings for a data set of so many training images. */
function resolved(
  length: number,
  settings: TrainSettings = {},
  name = "tiny",
): ReturnType<typeof resolveSettings> {
  return resolveSettings(settings, { ...tinySet, name, train: { length } });
}

function stepsOf(length: number, settings: TrainSettings = {}, name?: string): unknown[] {
  const { epochs, batchSize, passesPerEpoch } = resolved(length, settings, name).recipe;
  return [epochs, batchSize, passesPerEpoch];
}

Deno.test("recipe fast makes some hundred steps of few images by smaller batches and more passes", () => {
  // 48 images are 3 batches of 16: 13 passes in each of 8 epochs make 312 steps.
  assert.deepEqual(stepsOf(48), [8, 16, 13]);
  assert.match(resolved(48).note!, /^steps {6}312 for 48 images: batches of 16 and 13 passes an /);
  assert.match(resolved(48).note!, /because batches of 64 would make 8 /);
  // A quarter of the batch, half of the rate.
  const { schedule } = resolved(48).recipe;
  assert.equal(schedule.kind === "one-cycle" && schedule.peak, 0.025);
  const asked = resolved(48, { learningRate: 0.03 }).recipe.schedule;
  assert.equal(asked.kind === "one-cycle" && asked.peak, 0.03);
  for (const images of [1, 2, 10, 100, 400, 700, 768]) {
    const [epochs, batchSize, passes] = stepsOf(images) as [number, number, number];
    const steps = epochs * passes * Math.ceil(images / batchSize);
    assert.ok(steps >= 300 && steps < 700, `${images} images: ${steps} steps`);
  }
});

Deno.test("the settings for more images are those of the recipe, as ever", () => {
  // 769 images are 13 batches of 64; drawn10 has 3,500, and its own number of epochs.
  for (const images of [769, 1000, 5000, 9469, 50_000]) {
    assert.deepEqual(stepsOf(images), [8, 64, 1]);
  }
  assert.deepEqual(stepsOf(3500, {}, "drawn10"), [4, 64, 1]);
  for (const images of [769, 50_000]) {
    const { note, recipe: { schedule } } = resolved(images);
    assert.equal(note, undefined);
    assert.equal(schedule.kind === "one-cycle" && schedule.peak, 0.05);
  }
});

Deno.test("--batch and --epochs win over the number of images, and few steps are warned of", () => {
  const cases: [RecipeChanges, unknown[]][] = [
    [{ epochs: 3 }, [3, 64, 1]],
    [{ batchSize: 32 }, [8, 32, 1]],
    [{ passesPerEpoch: 2 }, [8, 64, 2]],
  ];
  for (const [changes, expected] of cases) {
    assert.deepEqual(stepsOf(48, { changes }), expected);
    assert.match(resolved(48, { changes }).note!, /^warning {4}\d+ steps in all are few/);
  }
  assert.equal(
    resolved(48, { changes: { epochs: 3 } }).note,
    "warning    3 steps in all are few: most nets need some hundred. Try --batch 16 with --epochs 100, or leave both " +
      "out: the recipe then takes smaller batches and more passes",
  );
  assert.match(resolved(48, { changes: { epochs: 1 } }).note!, /^warning {4}1 step in all is few/);
  assert.equal(resolved(48, { changes: { epochs: 100 } }).note, undefined);
  // 74 epochs of one batch: recipe paper is what the paper says.
  assert.deepEqual(stepsOf(48, { recipe: "paper" }), [74, 256, 1]);
  assert.match(
    resolved(48, { recipe: "paper" }).note!,
    /^warning {4}74 steps .* --batch 16 with --epochs 100$/,
  );
});
