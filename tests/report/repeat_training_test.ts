import assert from "node:assert/strict";
import { join } from "@std/path";
import { Command } from "commander";
import { addTrainFlags, readTrainFlags } from "../../lib/cli/train_flags.ts";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { repeatCommand } from "../../lib/report/repeat_command.ts";
import { findRun } from "../../lib/training/find_run.ts";
import type { Run } from "../../lib/runs/run.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import { train } from "../../lib/training/train.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";

/** The options that the command line makes of a command's words. */
function optionsOf([task, ...words]: readonly string[]): TrainOptions {
  assert.equal(task, "train");
  const command = addTrainFlags(new Command()).exitOverride().parse(words, { from: "user" });
  return readTrainFlags(command).options;
}

/** Runs whose command is not easily found again, from the first on which others start. */
const runs: readonly [string, TrainOptions][] = [
  ["first", { recipe: "article", network: { configuration: "A", head: "small" }, seed: 3 }],
  ["shallow", {
    recipe: "paper",
    network: { configuration: "B", head: "small" },
    initFromShallow: "first",
  }],
  ["tuned", { weights: "first", newHead: true, network: { dropout: 0.25 } }],
  ["features", { weights: "first", recipe: "features" }],
  ["further", { weights: "first", load: { perClass: 6 }, learningRate: 0.004 }],
];

testWithTensorFlow(
  "repeatCommand() gives commands that ask for just the same runs",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data"), root = join(folder, "runs");
      await writeTiny(data);
      const done: Run[] = [];
      for (const [name, { weights, initFromShallow, network, ...options }] of runs) {
        const run = await train({
          data,
          run: join(root, name),
          cacheDirectory: join(folder, "cache"),
          network: { inputSize: 32, ...(weights ? {} : { width: 1 / 16 }), ...network },
          changes: { epochs: 1, batchSize: 8 },
          ...(weights ? { weights: join(root, weights) } : {}),
          ...(initFromShallow ? { initFromShallow: join(root, initFromShallow) } : {}),
          ...options,
        });
        done.push(run);
      }
      for (const { record, directory } of done) {
        const { words, missing } = repeatCommand(record, await loadDataset(data));
        assert.deepEqual(missing, [], directory);
        const found = await findRun(optionsOf(words), root);
        assert.equal(found?.directory, directory, words.join(" "));
      }
    }),
);
