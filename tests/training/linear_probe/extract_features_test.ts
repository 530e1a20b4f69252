import { join } from "@std/path";
import assert from "node:assert/strict";
import { type Normalization, resolveNormalization } from "../../../lib/data/augment/mod.ts";
import type { PreparedSplit } from "../../../lib/data/pipeline/prepared_split.ts";
import type { Precision } from "../../../lib/engine/compile.ts";
import { tf } from "../../../lib/engine/tf.ts";
import {
  extractFeatures,
  type Features,
} from "../../../lib/training/linear_probe/extract_features.ts";
import { frozenLayers } from "../../../lib/training/step/frozen_layers.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { assertClose } from "../../assert_close.ts";
import { testWithTensorFlow } from "../../engine/tensorflow/support.ts";
import { inFolder } from "../../in_folder.ts";
import { prepareTiny } from "../tiny_set.ts";

const rescale = resolveNormalization("rescale");

function features(
  model: tf.LayersModel,
  split: PreparedSplit,
  cacheDirectory: string,
  { normalization = rescale, precision }: {
    normalization?: Normalization;
    precision?: Precision;
  } = {},
): Promise<Features> {
  const layers = frozenLayers(model, 0, ["predictions"]);
  return extractFeatures(layers, split, {
    ...{ normalization, batchSize: 3, cacheDirectory },
    ...(precision ? { precision } : {}),
  });
}

const tiny = (options: VGGOptions = {}): tf.LayersModel =>
  buildVGG({
    ...{ configuration: "A", inputSize: 32, classes: 2, width: 1 / 32, activation: "linear" },
    ...options,
  });

/** Returns the last layer's output for the features of a split, and the net's output for its images. */
async function bothLogits(
  model: tf.LayersModel,
  split: PreparedSplit,
  { values, length, size }: Features,
): Promise<{ ours: tf.Tensor; theirs: tf.Tensor }> {
  const images = await Promise.all(split.labels.keys().map((index) => split.image(index)));
  return tf.tidy(() => {
    const stacked = tf.stack(images.map(({ data }) => tf.tensor3d(data, [32, 32, 3]).div(255)));
    const ours = model.getLayer("predictions").apply(tf.tensor2d(values, [length, size]));
    return { ours: ours as tf.Tensor, theirs: model.predict(stacked) as tf.Tensor };
  });
}

for (const head of ["small", "4096-4096"] as const) {
  testWithTensorFlow(
    `extractFeatures() gives what the last layer of a net with the head ${head} gets`,
    () =>
      inFolder(async (folder) => {
        const { validation } = await prepareTiny();
        const before = tf.memory().numTensors;
        const model = tiny({ head, batchNorm: head === "small", dropout: 0.5 });
        const found = await features(model, validation, folder);
        assert.deepEqual([found.length, found.size], [8, head === "small" ? 16 : 128]);
        const { ours, theirs } = await bothLogits(model, validation, found);
        assertClose(ours, theirs, 1e-5);
        tf.dispose([ours, theirs]);
        model.dispose();
        assert.equal(tf.memory().numTensors, before);
      }),
  );
}

testWithTensorFlow(
  "extractFeatures() reads cached features, but not for other inputs",
  () =>
    inFolder(async (folder) => {
      const { train, validation } = await prepareTiny();
      const model = tiny({ head: "small" });
      const first = await features(model, validation, folder);
      const again = await features(model, validation, folder);
      assert.deepEqual([first.cached, again.cached], [false, true]);
      assert.deepEqual(again.values, first.values);

      const otherHead = tiny({ head: "small", classes: 5 });
      assert.ok((await features(otherHead, validation, folder)).cached, "heads do not matter");
      const others = [
        await features(tiny({ head: "small", seed: 1 }), validation, folder),
        await features(model, train, folder),
        await features(model, validation, folder, {
          normalization: { ...rescale, mean: [1, 0, 0] },
        }),
        await features(model, validation, folder, { precision: "bfloat16" }),
      ];
      assert.deepEqual(others.map(({ cached }) => cached), [false, false, false, false]);
      assert.equal(Array.from(Deno.readDirSync(folder)).length, 5);
      const rounded = others.at(-1)!.values;
      assert.notDeepEqual(rounded, first.values);
      assertClose(rounded, first.values, 0.02 * Math.max(...first.values.map(Math.abs)));
    }),
);

testWithTensorFlow(
  "extractFeatures() computes features again if their file is damaged",
  () =>
    inFolder(async (folder) => {
      const { validation } = await prepareTiny();
      const model = tiny({ head: "small" });
      const { values } = await features(model, validation, folder);
      const [{ name }] = Array.from(Deno.readDirSync(folder)) as [Deno.DirEntry];
      await Deno.truncate(join(folder, name), 100);
      const repaired = await features(model, validation, folder);
      assert.deepEqual([repaired.cached, repaired.values], [false, values]);
      assert.ok((await features(model, validation, folder)).cached);
      model.dispose();
    }),
);

testWithTensorFlow(
  "extractFeatures() keeps none of streamed images, whose digest does not know all pixels",
  () =>
    inFolder(async (folder) => {
      const { validation } = await prepareTiny();
      const model = tiny();
      const kept = await features(model, validation, folder);
      const streamed = { ...validation, statisticsSample: Uint32Array.of(0) };
      const found = await features(model, streamed, folder);
      assert.deepEqual(found, kept);
      assert.ok((await features(model, validation, folder)).cached);
      assert.equal(found.cached, false);
      model.dispose();
    }),
);
