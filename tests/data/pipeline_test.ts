import assert from "node:assert/strict";
import {
  articleAugmentation,
  type Augmentation,
  cropFor,
  makeAugment,
  measureColors,
  resizeFor,
  resolveNormalization,
} from "../../lib/data/augment/mod.ts";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { batches } from "../../lib/data/pipeline/batches.ts";
import { prepareImages, requireClasses } from "../../lib/data/pipeline/prepared_split.ts";
import { tf } from "../../lib/engine/tf.ts";
import { sharedData, withSharedData } from "./support.ts";

/** Runs an epoch over real files; returns the shape of every batch and the mean of all numbers. */
async function runEpoch(augmentation: Augmentation): Promise<[number[][], number]> {
  const { train, classes } = await loadDataset(`${sharedData}/ilsvrc-mini`);
  const resize = resizeFor(augmentation, { mode: "stretch", size: 28 });
  const prepared = await prepareImages(train, resize);
  requireClasses(prepared, classes);
  const colors = await measureColors(prepared);
  const augment = makeAugment(augmentation, resolveNormalization("standardize", colors), colors);
  const crop = cropFor(augmentation);
  const shapes: number[][] = [];
  let sum = 0;
  for await (
    const batch of batches(prepared, {
      batchSize: 30,
      seed: 1,
      epoch: 1,
      ...(crop ? { crop } : {}),
    })
  ) {
    const images = augment(batch, batch.length);
    shapes.push(images.shape);
    const total = images.mean().mul(batch.length);
    sum += total.dataSync()[0] ?? NaN;
    tf.dispose([images, total]);
  }
  await prepared.dispose();
  return [shapes, sum / prepared.length];
}

withSharedData(
  "real files become batches by the article's and by the paper's augmentation",
  async () => {
    await tf.setBackend("cpu");
    const paper = {
      kind: "paper",
      crop: 28,
      shortestSide: [32, 40],
      flip: true,
      colorShift: 0.1,
    } as const;
    const augmentations: Augmentation[] = [
      articleAugmentation,
      paper,
      { ...paper, shortestSide: [32, 32] },
    ];
    for (const augmentation of augmentations) {
      const [shapes, mean] = await runEpoch(augmentation);
      assert.deepEqual(shapes, [[30, 28, 28, 3], [30, 28, 28, 3], [5, 28, 28, 3]]);
      assert.ok(Math.abs(mean) < 0.15, `the mean of standardized pixels is ${mean}`);
    }
  },
);
