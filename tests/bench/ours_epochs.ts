import {
  articleAugmentation,
  makeAugment,
  resolveNormalization,
} from "../../lib/data/augment/mod.ts";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { prepareImages } from "../../lib/data/pipeline/prepared_split.ts";
import { fit } from "../../lib/training/loop/fit.ts";
import { type Recipe, recipes } from "../../lib/training/recipes.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { EpochCase, Stepped } from "./protocol.ts";

/**
 * Readies epochs of a small network on files, by the library's own loop with the article's
 * augmentation. The first epoch includes decoding, which later ones need not do again.
 */
export async function openEpochs(
  { folder, size, batch }: EpochCase,
): Promise<{ parameters: number; run: (epochs: number) => Promise<Stepped> }> {
  const dataset = await loadDataset(folder);
  const model = buildVGG({
    configuration: "A",
    inputSize: size,
    classes: 10,
    batchNorm: true,
    convBias: false,
    width: 0.25,
    head: "small",
    initializer: "glorot",
    activation: "linear",
  });
  const normalization = resolveNormalization("rescale");
  const run = async (epochs: number): Promise<Stepped> => {
    const started = performance.now();
    const train = await prepareImages(dataset.train, { mode: "stretch", size });
    const decoding = (performance.now() - started) / 1000;
    const validation = await prepareImages(dataset.validation, { mode: "stretch", size });
    const { history } = await fit({
      model,
      recipe: recipeOf(epochs, batch),
      train,
      validation,
      augment: makeAugment(articleAugmentation, normalization),
      prepare: makeAugment({ kind: "none" }, normalization),
      microBatch: batch,
      precision: "float32",
      seed: 42,
    });
    await Promise.all([train.dispose(), validation.dispose()]);
    const seconds = history.map((line, index) => line.seconds + (index === 0 ? decoding : 0));
    return { seconds, value: history.at(-1)?.loss ?? NaN };
  };
  return { parameters: model.countParams(), run };
}

function recipeOf(epochs: number, batchSize: number): Recipe {
  return {
    ...recipes.article,
    epochs,
    batchSize,
    passesPerEpoch: 1,
    schedule: { kind: "constant", rate: 0.001 },
    weightDecay: { kind: "l2", value: 0 },
  };
}
