import { join } from "@std/path";
import assert from "node:assert/strict";
import { loadOrTrain } from "../../lib/jupyter/load_or_train.ts";
import type { HistoryLine } from "../../lib/runs/schemas.ts";
import { findRun } from "../../lib/training/find_run.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { trainUntil } from "../training/train_in_pieces.ts";
import { printed } from "./support.ts";

/** Runs a test in a new working directory with the tiny data set in `tiny`. */
async function inWorkingFolder(work: () => Promise<void>): Promise<void> {
  const before = Deno.cwd();
  await inFolder(async (folder) => {
    await writeTiny(join(folder, "tiny"));
    Deno.chdir(folder);
    await work().finally(() => Deno.chdir(before));
  });
}

const options: TrainOptions = {
  data: "tiny",
  network: { configuration: "A", width: 0.0625, inputSize: 32 },
  changes: { epochs: 2, batchSize: 8 },
};

testWithTensorFlow(
  "loadOrTrain() trains a new run, prints its progress, and then loads it",
  () =>
    inWorkingFolder(async () => {
      assert.equal(await findRun(options), undefined);
      const lines = await printed(async () => {
        const run = await loadOrTrain(options);
        const again = await loadOrTrain(options);
        assert.equal(again.directory, run.directory);
      });
      assert.match(
        lines[0]!,
        /^warning +6 steps in all are few: .* Try changes: \{ batchSize: 8 \}/,
      );
      assert.match(lines[1]!, /^data +tiny: 24 training and 8 validation images$/);
      assert.match(lines.find((line) => line.startsWith("epoch"))!, /^epoch +1 loss \d\.\d{3} /);
      assert.equal(lines.filter((line) => line.startsWith("epoch")).length, 2);
      assert.match(lines.at(-1)!, /^Loaded a finished run from runs.tiny-A-bn-/);

      for (
        const other of [
          { ...options, seed: 7 },
          { ...options, learningRate: 0.01 },
          { ...options, changes: { epochs: 3, batchSize: 8 } },
          { ...options, network: { ...options.network, width: 0.125 } },
          { ...options, load: { classes: ["r", "b"] } },
        ]
      ) {
        assert.equal(await findRun(other), undefined, JSON.stringify(other));
      }
    }),
);

testWithTensorFlow(
  "loadOrTrain() resumes an interrupted run",
  () =>
    inWorkingFolder(async () => {
      const { directory } = await trainUntil(options, [2, 1]);
      const lines = await printed(async () => {
        const epochs: number[] = [];
        const callbacks = [{ onEpoch: ({ epoch }: HistoryLine) => void epochs.push(epoch) }];
        const run = await loadOrTrain({ ...options, callbacks });
        assert.equal(run.directory, directory);
        assert.deepEqual(epochs, [2]);
        assert.deepEqual(run.record.resumed?.map(({ epoch, step }) => [epoch, step]), [[2, 1]]);
      });
      assert.equal(lines.filter((line) => /^epoch +2 loss/.test(line)).length, 1);
    }),
);

testWithTensorFlow(
  "findRun() ignores unfinished runs and folders without a run",
  () =>
    inWorkingFolder(async () => {
      await printed(() => loadOrTrain(options));
      const found = (await findRun(options))!;
      await Deno.mkdir("runs/empty");
      await Deno.writeTextFile("runs/file", "");
      await Deno.mkdir("runs/damaged");
      await Deno.writeTextFile("runs/damaged/run.json", "{");
      assert.equal((await findRun(options))?.directory, found.directory);
      await found.update({ status: "interrupted" });
      assert.equal(await findRun(options), undefined);
    }),
);
