import { join } from "@std/path";
import assert from "node:assert/strict";
import { recordedNetwork } from "../../lib/runs/load_model.ts";
import { RunError } from "../../lib/runs/run.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import { train } from "../../lib/training/train.ts";
import { countVGG } from "../../lib/vgg/analysis/count.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { toFirstVersion } from "./checkpoint/first_version.ts";
import { fingerprint, leftOvers } from "./fingerprint.ts";
import { writeTiny } from "./tiny_set.ts";
import { type Place, trainInPieces, trainUntil } from "./train_in_pieces.ts";

interface Case {
  readonly recipe: string;
  readonly options: TrainOptions;
  readonly places: readonly Place[];
  /** Starts from a net that was trained before. */
  readonly fromTrained?: boolean;
}

const network = { configuration: "A", inputSize: 32, width: 1 / 16 } as const;
const batchSize = 8;

const cases: readonly Case[] = [
  {
    recipe: "fast",
    options: { network: { ...network, dropout: 0.2 }, changes: { epochs: 3, batchSize } },
    // After the last step of an epoch as well: its validation is still to come.
    places: [[1, 1], [2, 3], [3, 2]],
  },
  {
    recipe: "paper",
    options: {
      scale: [36, 48],
      learningRate: 1e-4,
      network: { ...network, width: 1 / 64 },
      changes: { epochs: 5, batchSize, patience: 1 },
    },
    places: [[2, 1], [4, 2]],
  },
  {
    recipe: "article",
    options: {
      network: { ...network, width: 1 / 64 },
      changes: { epochs: 3, batchSize, earlyStopping: 2 },
    },
    places: [[1, 3], [2, 5]],
  },
  {
    recipe: "cifar",
    options: {
      network: { width: 1 / 16 },
      changes: { epochs: 3, batchSize, lookahead: { every: 2, keep: 0.95 } },
    },
    places: [[1, 1], [2, 3], [3, 2]],
  },
  {
    recipe: "finetune",
    fromTrained: true,
    options: {
      network: { dropout: 0.2 },
      changes: {
        ...{ epochs: 3, batchSize },
        unfreezing: [{ until: 0.5, blocks: 1, rate: 1 }, { until: 1, blocks: 5, rate: 0.1 }],
      },
    },
    places: [[1, 2], [2, 3], [3, 1]],
  },
];

for (const { recipe, options, places, fromTrained } of cases) {
  testWithTensorFlow(
    `a run of recipe ${recipe} that is interrupted and resumed ends as if it never had been, to the last bit`,
    () =>
      inFolder(async (folder) => {
        const data = join(folder, "data");
        await writeTiny(data);
        const source = join(folder, "source");
        if (fromTrained) {
          await train({ data, network, run: source, changes: { epochs: 1, batchSize } });
        }
        const all = {
          ...{ ...options, data, recipe: recipe as TrainOptions["recipe"] },
          ...(fromTrained ? { weights: source, newHead: true } : {}),
        } as TrainOptions;
        const whole = await train({ ...all, run: join(folder, "whole") });
        const pieces = await trainInPieces({ ...all, run: join(folder, "pieces") }, places);
        assert.equal(pieces.record.status, "finished");
        const { model, data: { train: images }, result } = pieces.record;
        const { macs } = countVGG(recordedNetwork({ model }));
        const epochs = result!.epochs * Number(pieces.record.recipe.passesPerEpoch);
        // Unfrozen in stages, less is computed in most of them.
        assert.equal(result!.flops, fromTrained ? undefined : 6 * macs * images * epochs);
        assert.deepEqual(
          pieces.record.resumed?.map(({ epoch, step }) => [epoch, step]),
          places,
        );
        assert.deepEqual(await fingerprint(pieces), await fingerprint(whole));
        assert.deepEqual(leftOvers(pieces.directory), []);
      }),
  );
}

testWithTensorFlow(
  "a run whose checkpoints are of the format's first version goes on to the same last bit",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      const options = { ...cases[0]!.options, data };
      const whole = await train({ ...options, run: join(folder, "whole") });
      await trainUntil({ ...options, run }, [2, 2]);
      const checkpoints = leftOvers(run);
      assert.equal(checkpoints.length, 2);
      for (const name of checkpoints) await toFirstVersion(join(run, "weights/last", name));
      const resumed = await train({ run, resume: true });
      assert.deepEqual(resumed.record.resumed?.map(({ epoch, step }) => [epoch, step]), [[2, 2]]);
      assert.deepEqual(await fingerprint(resumed), await fingerprint(whole));
    }),
);

testWithTensorFlow(
  "a run of recipe features that is resumed begins anew from its own weights, to the same end",
  () =>
    inFolder(async (folder) => {
      const [data, source] = [join(folder, "data"), join(folder, "source")];
      await writeTiny(data);
      await train({ data, network, run: source, changes: { epochs: 1, batchSize } });
      const options = {
        data,
        weights: source,
        recipe: "features",
        changes: { epochs: 3 },
        cacheDirectory: join(folder, "cache"),
      } as const;
      const whole = await train({ ...options, run: join(folder, "whole") });
      const controller = new AbortController();
      const run = join(folder, "pieces");
      const { record } = await train({
        ...options,
        run,
        signal: controller.signal,
        // Once the features are there; the solver converges within an epoch.
        onMessage: (line) => line.startsWith("features") && controller.abort(),
      });
      assert.equal(record.status, "interrupted");
      await Deno.remove(source, { recursive: true });
      const resumed = await train({ run, resume: true, cacheDirectory: options.cacheDirectory });
      assert.deepEqual(await fingerprint(resumed), await fingerprint(whole));
    }),
);

testWithTensorFlow(
  "resume takes what concerns the process, and refuses every setting of the run by name",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      await trainUntil({ data, network, changes: { epochs: 2, batchSize }, run }, [1, 1]);
      const refused: [TrainOptions, string][] = [
        [{ recipe: "fast" }, "recipe (--recipe) cannot .* Received: fast"],
        [{ seed: 42 }, "seed (--seed) cannot .* Received: 42"],
        [{ scale: [40, 48] }, "scale (--scale) cannot .* Received: 40,48"],
        [{ changes: { epochs: 2 } }, "changes.epochs (--epochs) cannot .* Received: 2"],
        [{ changes: { nesterov: true } }, "changes.nesterov cannot .* Received: true"],
        [{ network: { width: 1 } }, "network.width (--width) cannot .* Received: 1"],
        [{ load: { perClass: 3 } }, "load.perClass (--per-class) cannot .* Received: 3"],
        [{ initFromShallow: "a" }, "initFromShallow (--shallow) cannot .* Received: a"],
        [{ precision: "auto" }, "precision (--precision) cannot .* Received: auto"],
      ];
      for (const [other, words] of refused) {
        const message = new RegExp(`^${words.replace(/[()]/g, "\\$&")}$`);
        await assert.rejects(train({ run, resume: true, ...other }), {
          name: "OptionError",
          message,
        });
      }
      const resumed = await train({
        ...{ run, resume: true, network: {}, changes: {} },
        ...{ engine: { engine: "tensorflow", native: true }, checkpointMinutes: 1 },
        ...{ cacheDirectory: join(folder, "cache"), load: { root: folder } },
      });
      assert.equal(resumed.record.status, "finished");
      assert.deepEqual(resumed.record.warnings, []);
    }),
);

testWithTensorFlow(
  "a run whose data moved goes on with them, and with no other images",
  () =>
    inFolder(async (folder) => {
      const [data, moved, run] = ["data", "moved", "run"].map((name) => join(folder, name));
      await writeTiny(data!);
      const options = { data: data!, network, changes: { epochs: 2, batchSize } };
      const whole = await train({ ...options, run: join(folder, "whole") });
      await trainUntil({ ...options, run: run! }, [1, 1]);
      await Deno.rename(data!, moved!);
      const resume = { run: run!, resume: true };
      await assert.rejects(train(resume), {
        name: "DataError",
        message: /Received: .*data; if the images of this run moved, .* --resume --data PATH$/,
      });

      const refuses = async (message: RegExp): Promise<void> => {
        await assert.rejects(train({ ...resume, data: moved! }), { name: "RunError", message });
      };
      const [image, other] = [join(moved!, "train/r/0.png"), join(moved!, "train/b/1.png")];
      const bytes = await Deno.readFile(image);
      await Deno.copyFile(other, image);
      await refuses(/moved must have the same training images that it had when the run began/);
      await Deno.remove(image);
      await refuses(/moved must have the 24 training images .* Received: 23$/);
      await Deno.writeFile(image, bytes);
      await Deno.rename(join(moved!, "train/r"), join(moved!, "train/red"));
      await assert.rejects(train({ ...resume, data: moved! }), /DataError: classes must .*: r$/);
      await Deno.rename(join(moved!, "train/red"), join(moved!, "train/r"));

      const said: string[] = [];
      const onMessage = (line: string): number => said.push(line);
      const resumed = await train({ ...resume, data: moved!, onMessage });
      assert.ok(said.includes(`data       ${moved}, with the same images as ${data} had`));
      assert.equal(resumed.record.data.source, moved);
      assert.deepEqual(resumed.record.data.digests, whole.record.data.digests);
      assert.deepEqual(await fingerprint(resumed), await fingerprint(whole));
    }),
);

testWithTensorFlow(
  "resume needs a run, and leaves a finished one as it is",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      await assert.rejects(train({ resume: true }), /^OptionError: resume needs .*Received: none$/);
      await assert.rejects(train({ run, resume: true }), /^RunError: there is no .*run\.json/);
      await assert.rejects(Deno.stat(run), Deno.errors.NotFound);

      const options = { data, network, changes: { epochs: 1, batchSize } };
      const finished = await train({ ...options, run });
      const before = await fingerprint(finished);
      await assert.rejects(train({ ...options, run }), /there is already a run in .*: .*--resume/);
      const said: string[] = [];
      const again = await train({ run, resume: true, onMessage: (line) => said.push(line) });
      assert.deepEqual(said, [`${run} is finished: there is nothing to resume`]);
      assert.equal(again.record.resumed, undefined);
      assert.deepEqual(await fingerprint(again), before);

      await again.update({ status: "interrupted" });
      await assert.rejects(
        train({ run, resume: true }),
        (error) => error instanceof RunError && /no whole checkpoint/.test(error.message),
      );
    }),
);
