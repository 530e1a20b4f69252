import { join } from "@std/path";
import assert from "node:assert/strict";
import { loadModel } from "../../../lib/runs/load_model.ts";
import { openRun, type Run } from "../../../lib/runs/run.ts";
import type { TrainOptions } from "../../../lib/training/options.ts";
import { train } from "../../../lib/training/train.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { testWithTensorFlow } from "../../engine/tensorflow/support.ts";
import { inFolder } from "../../in_folder.ts";
import { readAll } from "../../weights/read_all.ts";
import { writeTiny } from "../tiny_set.ts";

/** Trains a tiny net by the paper's recipe, so slowly that weights stay as good as they started. */
type TrainTiny = (name: string, options: TrainOptions) => Promise<Run>;

async function withTiny(
  work: (trainTiny: TrainTiny, folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    await writeTiny(join(folder, "data"));
    const trainTiny: TrainTiny = (name, { network, ...options }) =>
      train({
        data: join(folder, "data"),
        recipe: "paper",
        run: join(folder, name),
        changes: { epochs: 1, batchSize: 24 },
        learningRate: 1e-12,
        network: { configuration: "A", inputSize: 32, width: 1 / 64, ...network },
        ...options,
      });
    await work(trainTiny, folder);
  });
}

const close = (one: Float32Array, other: Float32Array): boolean =>
  one.length === other.length &&
  one.every((value, index) => Math.abs(value - other[index]!) < 1e-6);

testWithTensorFlow(
  "train() starts a deeper net from the matching layers of a shallower one",
  () =>
    withTiny(async (trainTiny) => {
      const shallow = await trainTiny("A", { seed: 1 });
      const deep = await trainTiny("E", {
        seed: 2,
        network: { configuration: "E" },
        initFromShallow: shallow.directory,
      });
      const copied = ["block1_conv1", "block2_conv1", "block3_conv1", "block3_conv2"];
      assert.equal(deep.record.command, null);
      assert.deepEqual(deep.record.start, {
        kind: "shallow",
        from: shallow.directory,
        layers: [...copied, "fc1", "fc2", "predictions"],
      });
      const [from, to] = await Promise.all([
        readAll(shallow.path("best")),
        readAll(deep.path("best")),
      ]);
      const same = [...from.keys()].filter((name) =>
        close(from.get(name)!.values, to.get(name)!.values)
      );
      const kernels = same.filter((name) => name.endsWith("/kernel"));
      assert.deepEqual(kernels, deep.record.start!.layers.map((layer) => `${layer}/kernel`));
    }),
);

testWithTensorFlow(
  "train() goes on from all weights of a run or a file, at another scale",
  () =>
    withTiny(async (trainTiny) => {
      const first = await trainTiny("first", { seed: 1 });
      const run = await trainTiny("run", { weights: first.directory, scale: [40, 56] });
      const file = await trainTiny("file", { weights: first.path("best"), scale: 48 });
      const wanted = await readAll(first.path("best"));
      for (const started of [run, file]) {
        const got = await readAll(started.path("best"));
        for (const [name, { values }] of wanted) {
          assert.ok(close(values, got.get(name)!.values), name);
        }
        assert.equal(started.record.start?.kind, "weights");
        assert.equal(started.record.start?.layers.length, 11);
      }
      assert.equal(run.record.start?.from, first.directory);
      assert.deepEqual(
        [run, file].map(({ record }) => record.seed),
        [2, 43],
        "never that of before",
      );
      assert.equal(file.record.start?.from, first.path("best"));
      const sidesOf = ({ record }: Run): unknown =>
        (record.recipe.augmentation as { shortestSide: unknown }).shortestSide;
      assert.deepEqual([first, run, file].map(sidesOf), [[37, 37], [40, 56], [48, 48]]);
      assert.equal(
        run.record.data.fit.shortestSide,
        48,
        "validation takes the middle of the scales",
      );
    }),
);

testWithTensorFlow(
  "train() refuses weights that do not fit, and writes nothing",
  () =>
    withTiny(async (trainTiny, folder) => {
      const { directory } = await trainTiny("first", {});
      const wide = { configuration: "A", width: 1 / 32 } as const;
      await assert.rejects(
        trainTiny("wide", { network: wide, weights: directory }),
        /^WeightsError: .*best\.safetensors does not fit: block1_conv1\/kernel is \[3,3,3,1\] and should be \[3,3,3,2\]; block1_conv1\/bias is \[1\] and should be \[2\]; block2_conv1\/kernel is \[3,3,1,2\] and should be \[3,3,2,4\]; and 13 more; without --width, the net is that of the weights$/,
      );
      await assert.rejects(
        trainTiny("wide", { network: { ...wide, configuration: "B" }, initFromShallow: directory }),
        /^OptionError: initFromShallow must be .* Received: .*first, VGG A of width 0.015625, which shares none/,
      );
      await Deno.writeTextFile(join(folder, "half.safetensors"), "half");
      await assert.rejects(
        trainTiny("wide", { weights: join(folder, "half.safetensors") }),
        /^WeightsError: .*half\.safetensors/,
      );
      await assert.rejects(Deno.stat(join(folder, "wide")), Deno.errors.NotFound);
    }),
);

testWithTensorFlow(
  "train() writes the name of a network that it was given to start from",
  () =>
    withTiny(async (trainTiny) => {
      const from = buildVGG({ configuration: "A", inputSize: 32, width: 1 / 64, classes: 2 });
      const run = await trainTiny("B", { network: { configuration: "B", initializer: { from } } });
      from.dispose();
      assert.deepEqual((await openRun(run.directory)).record.model.initializer, { from: "vgg_A" });
      (await loadModel(run)).dispose();
    }),
);
