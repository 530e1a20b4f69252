import { join } from "@std/path";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { resolvePrecision } from "../../../lib/engine/precision.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";
import { evaluate } from "../../../lib/evaluation/evaluate.ts";
import { loadModel } from "../../../lib/runs/load_model.ts";
import { openRun, type Run } from "../../../lib/runs/run.ts";
import { findRun } from "../../../lib/training/find_run.ts";
import type { TrainOptions } from "../../../lib/training/options.ts";
import type { UnfreezingStage } from "../../../lib/training/step/frozen_layers.ts";
import { train } from "../../../lib/training/train.ts";
import { writeSafetensors } from "../../../lib/weights/safetensors/write_safetensors.ts";
import { assertClose } from "../../assert_close.ts";
import { testWithTensorFlow } from "../../engine/tensorflow/support.ts";
import { inFolder } from "../../in_folder.ts";
import { readAll } from "../../weights/read_all.ts";
import { writeTiny } from "../tiny_set.ts";

type TrainTiny = (name: string, options?: TrainOptions) => Promise<Run>;

/** Trains nets on `data`, of the classes r and b, and on `other`, where r is called p. */
async function withTiny(
  work: (trainTiny: TrainTiny, folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    await writeTiny(join(folder, "data"));
    await writeTiny(join(folder, "other"));
    for (const split of ["train", "val"]) {
      await Deno.rename(join(folder, "other", split, "r"), join(folder, "other", split, "p"));
    }
    const trainTiny: TrainTiny = (name, options = {}) =>
      train({
        data: join(folder, "data"),
        run: join(folder, name),
        cacheDirectory: join(folder, "cache"),
        ...options,
      });
    await work(trainTiny, folder);
  });
}

const small = { configuration: "A", inputSize: 32, width: 1 / 16 } as const;
const short = { epochs: 2, batchSize: 8 } as const;

/** The names of the arrays of which two runs' last weights differ in at least one bit. */
async function differences(one: Run, other: Run): Promise<string[]> {
  const [from, to] = await Promise.all([readAll(one.path("best")), readAll(other.path("last"))]);
  return [...from.keys()].filter((name) => {
    const [ours, theirs] = [from.get(name)!.values, to.get(name)!.values];
    return ours.length !== theirs.length || ours.some((value, at) => value !== theirs[at]);
  });
}

const headAlone: readonly UnfreezingStage[] = [{ until: 1, blocks: 0, rate: 1 }];

testWithTensorFlow(
  "train() puts a new head on a net for other classes, and leaves the rest as it is to the bit",
  () =>
    withTiny(async (trainTiny, folder) => {
      const source = await trainTiny("source", { network: small, changes: short });
      const { normalization } = source.record.data;
      const options: TrainOptions = {
        data: join(folder, "other"),
        weights: source.directory,
        changes: { ...short, unfreezing: headAlone },
      };
      const tuned = await trainTiny("tuned", options);
      const { record } = tuned;
      assert.equal(record.recipe.name, "finetune");
      assert.deepEqual(record.start?.newLayers, ["predictions"]);
      assert.deepEqual(record.data.classes.map(({ id }) => id), ["b", "p"]);
      assert.deepEqual(record.data.normalization, normalization, "it travels with the weights");
      assert.deepEqual(
        [record.model.width, record.model.batchNorm, record.recipe.unfreezing],
        [1 / 16, true, headAlone],
      );
      assert.deepEqual(
        await differences(source, tuned),
        ["predictions/kernel", "predictions/bias"],
        "moving averages stay as well",
      );
      const found = await findRun(options, folder);
      assert.equal(found?.directory, tuned.directory);
    }),
);

testWithTensorFlow(
  "train() unfreezes block by block from the top, at the stages' rates",
  () =>
    withTiny(async (trainTiny, folder) => {
      const source = await trainTiny("source", { network: small, changes: short });
      const unfreezing = [{ until: 0.5, blocks: 0, rate: 1 }, { until: 1, blocks: 1, rate: 0.25 }];
      const schedule = { kind: "constant", rate: 0.01 } as const;
      const tuned = await trainTiny("tuned", {
        data: join(folder, "other"),
        weights: source.path("best"),
        changes: { ...short, unfreezing, schedule },
      });
      const changed = new Set((await differences(source, tuned)).map((name) => name.split("/")[0]));
      assert.deepEqual([...changed], [
        ...["block5_conv1", "block5_conv1_bn", "block5_conv2", "block5_conv2_bn", "predictions"],
      ]);
      assert.deepEqual((await tuned.history()).map(({ lr }) => lr), [0.01, 0.0025]);
    }),
);

testWithTensorFlow(
  "train() replaces all fully connected layers where one does not fit",
  () =>
    withTiny(async (trainTiny, folder) => {
      const network = { ...small, head: "4096-4096", width: 1 / 64 } as const;
      const source = await trainTiny("source", { network, recipe: "article", changes: short });
      const newLayersOf = async (name: string, options: TrainOptions): Promise<unknown> =>
        (await trainTiny(name, { weights: source.directory, changes: short, ...options }))
          .record.start?.newLayers;
      assert.equal(await newLayersOf("same", {}), undefined);
      assert.deepEqual(await newLayersOf("asked", { newHead: true }), ["predictions"]);
      const larger = { network: { inputSize: 64 } };
      assert.deepEqual(await newLayersOf("larger", larger), ["fc1", "fc2", "predictions"]);
      const pooled = { network: { head: "small" }, recipe: "features" } as const;
      assert.deepEqual(await newLayersOf("pooled", pooled), ["predictions"]);
      await assert.rejects(
        trainTiny("none", { ...larger, weights: source.directory, recipe: "features" }),
        /^OptionError: recipe features needs .* or the head small\. .* which fc1 does not fit$/,
      );
      await assert.rejects(Deno.stat(join(folder, "none")), Deno.errors.NotFound);
    }),
);

testWithTensorFlow(
  "train() with the recipe features leaves a run of the whole net, and knows the features again",
  () =>
    withTiny(async (trainTiny, folder) => {
      const source = await trainTiny("source", { network: small, changes: short });
      const said: string[] = [];
      const options: TrainOptions = {
        data: join(folder, "other"),
        weights: source.directory,
        recipe: "features",
        changes: { epochs: 3 },
        onMessage: (line) => said.push(line),
      };
      const first = await trainTiny("first", options);
      assert.deepEqual(
        await differences(source, first),
        ["predictions/kernel", "predictions/bias"],
      );
      const { best_epoch: best, best_val_accuracy: accuracy } = first.record.result!;
      const line = (await first.history())[best - 1]!;
      const { top1, loss } = await evaluate(first, { output: join(folder, "evaluated") });
      assert.equal(top1, accuracy);
      // The two sum in another order, and an evaluation in bfloat16 rounds the last layer's outputs too.
      const tolerance = first.record.precision === "float32" ? 1e-5 : 0.03;
      assertClose([loss], [line.val_loss], tolerance * line.val_loss);
      assert.equal(first.record.precision, resolvePrecision("auto", await useEngine()).precision);
      (await loadModel(await openRun(first.directory))).dispose();

      const again = await trainTiny("again", options);
      const lasts = [first, again].map(async (run) => [...await readAll(run.path("last"))]);
      assert.deepEqual(await lasts[1], await lasts[0]);
      const lines = said.filter((text) => text.startsWith("features"));
      assert.match(
        lines[0]!,
        /^features {3}32 per image for 32 images(?: in bfloat16)?, computed in [\d.]+ s$/,
      );
      assert.match(
        lines[1]!,
        /^features {3}32 per image for 32 images(?: in bfloat16)?, found in /,
      );
    }),
);

testWithTensorFlow(
  "train() takes weights of PyTorch, and weights without a top",
  () =>
    withTiny(async (trainTiny, folder) => {
      const torch = fileURLToPath(new URL("../../weights/golden/torch.pth", import.meta.url));
      const changes = { ...short, unfreezing: headAlone };
      const options = { weights: torch, preprocessing: "torchvision", changes } as const;
      const first = await trainTiny("first", options);
      const { model, start, data, seed } = first.record;
      assert.deepEqual(start?.newLayers, ["predictions"]);
      assert.deepEqual(
        [model.configuration, model.inputSize, model.head, model.batchNormEpsilon],
        ["A", 64, "4096-4096", 1e-5],
      );
      assert.deepEqual(data.fit, { mode: "crop", size: 64, shortestSide: 73 });
      assertClose([data.normalization.mean[0]], [123.675], 1e-9);
      assert.equal(seed, 43);

      const all = await readAll(first.path("last"));
      const body = [...all].filter(([name]) => name.startsWith("block"));
      const shapes = new Map(body.map(([name, { shape }]) => [name, shape]));
      const topless = join(folder, "topless.safetensors");
      await writeSafetensors(topless, shapes, (name) => Promise.resolve(all.get(name)!.values));
      const network = { inputSize: 32 };
      const second = await trainTiny("second", { weights: topless, network, changes });
      assert.equal(second.record.model.head, "small");
      assert.deepEqual(second.record.start?.newLayers, ["predictions"]);
      const kept = await readAll(second.path("last"));
      for (const [name, { values }] of body) assertClose(kept.get(name)?.values, values, 0);
    }),
);

testWithTensorFlow(
  "train() refuses what does not go together, and writes nothing",
  () =>
    withTiny(async (trainTiny, folder) => {
      const source = await trainTiny("source", { network: small, changes: short });
      const weights = source.directory;
      const wrong: [TrainOptions, RegExp][] = [
        [
          { weights, network: { configuration: "D" } },
          /^WeightsError: .*best\.safetensors does not fit: it has 8 convolutions and should have 13 convolutions; block1_conv2\/kernel is missing; .* more; without --model, the net is that of the weights$/,
        ],
        [
          { weights, network: { batchNorm: false } },
          /it has batch normalization and should have no batch normalization; block1_conv1_bn\/gamma is unknown; .* without --no-batch-norm, /,
        ],
        [{ recipe: "finetune" }, /recipe finetune needs weights to start from.*Received: none$/],
        [{ recipe: "features" }, /recipe features needs weights/],
        [{ newHead: true }, /a new head needs weights to start from\. Received: none$/],
        [{ preprocessing: "keras" }, /preprocessing is that of weights\. Received: keras without/],
        [
          { weights, initFromShallow: weights },
          /a net starts from a shallower net \(initFromShallow\) or from weights\./,
        ],
        [
          { weights: join(folder, "no") },
          /weights must be a run's folder, an existing file, or .*Received: .*no$/,
        ],
        [
          { weights, recipe: "features", changes: { momentum: 0.5 } },
          /features has no changes\.momentum: it takes no steps\. Received: 0\.5$/,
        ],
        [{ weights, recipe: "features", learningRate: 1 }, /features has no learningRate.*: 1$/],
        [
          { weights, changes: { unfreezing: [{ until: 0, blocks: 1, rate: 1 }] } },
          /changes\.unfreezing\.0\.until must be above 0\. Received: 0$/,
        ],
      ];
      for (const [options, message] of wrong) {
        await assert.rejects(trainTiny("refused", options), message);
      }
      await assert.rejects(Deno.stat(join(folder, "refused")), Deno.errors.NotFound);
    }),
);

testWithTensorFlow(
  "train() fine-tunes a net with whitening and GELU, whose whitening filters stay as they are to the bit",
  () =>
    withTiny(async (trainTiny, folder) => {
      const source = await trainTiny("source", {
        ...{ recipe: "cifar", changes: short, network: { width: 1 / 16 } },
      });
      const tuned = await trainTiny("tuned", {
        ...{ weights: source.directory, data: join(folder, "other"), recipe: "finetune" },
        changes: { ...short, unfreezing: [{ until: 1, blocks: 5, rate: 1 }] },
      });
      const { configuration, whitening, nonlinearity, batchNormScale, head } = tuned.record.model;
      assert.deepEqual(
        [configuration, whitening, nonlinearity, batchNormScale, head],
        ["S", true, "gelu", false, "max"],
      );
      assert.deepEqual(tuned.record.start?.newLayers, ["predictions"]);
      const changed = await differences(source, tuned);
      assert.ok(changed.includes("block1_conv1/kernel"), `${changed}`);
      assert.ok(changed.includes("block0_whitening/bias"), `${changed}`);
      assert.ok(!changed.includes("block0_whitening/kernel"), `${changed}`);
    }),
);
