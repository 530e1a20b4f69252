import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { listDir } from "../../../lib/files/read.ts";
import { Run } from "../../../lib/runs/run.ts";
import type { HistoryLine } from "../../../lib/runs/schemas.ts";
import { tensorBoard } from "../../../lib/training/callbacks/tensorboard.ts";
import { readEvents } from "../../engine/tensorflow/read_events.ts";
import { countHandles, testWithTensorFlow } from "../../engine/tensorflow/support.ts";
import { inFolder } from "../../in_folder.ts";
import { exampleRecord } from "../../runs/example_record.ts";

const history: HistoryLine[] = [
  {
    ...{ epoch: 1, loss: 2, accuracy: 0.25, val_loss: 1.5, val_accuracy: 0.5, lr: 0.5 },
    ...{ seconds: 2, images_per_second: 12 },
  },
  {
    ...{ epoch: 2, loss: 1, accuracy: 0.75, val_loss: 1.25, val_accuracy: 0.625, lr: 0.25 },
    ...{ seconds: 2, images_per_second: 16 },
  },
];

/** Values by tag, one an epoch; `epochs` are the steps that they must have. */
async function curvesOf(directory: string, epochs: number[]): Promise<Record<string, number[]>> {
  const { scalars } = await readEvents(directory);
  const byTag = Object.groupBy(scalars, ({ tag }) => tag);
  return Object.fromEntries(
    Object.entries(byTag).map(([tag, points = []]) => {
      assert.deepEqual(points.map(({ step }) => step), epochs, tag);
      return [tag, points.map(({ value }) => value)];
    }),
  );
}

testWithTensorFlow(
  "tensorBoard() writes each epoch in two folders, and a resumed run's beside",
  () =>
    inFolder(async (folder) => {
      const before = [tf.memory().numTensors, countHandles()];
      const run = await Run.create(join(folder, "mine"), exampleRecord);
      for (const line of history) {
        const { onStart, onEpoch, onEnd } = tensorBoard();
        await onStart(run);
        onEpoch(line);
        onEnd();
      }
      assert.deepEqual([tf.memory().numTensors, countHandles()], before);
      assert.deepEqual(await curvesOf(join(run.directory, "tensorboard", "train"), [1, 2]), {
        "epoch/loss": [2, 1],
        "epoch/accuracy": [0.25, 0.75],
        "epoch/learning_rate": [0.5, 0.25],
        "epoch/images_per_second": [12, 16],
      });
      assert.deepEqual(await curvesOf(join(run.directory, "tensorboard", "validation"), [1, 2]), {
        "epoch/loss": [1.5, 1.25],
        "epoch/accuracy": [0.5, 0.625],
      });
    }),
);

testWithTensorFlow(
  "tensorBoard() shows an epoch before training ends",
  () =>
    inFolder(async (folder) => {
      const run = await Run.create(join(folder, "mine"), exampleRecord);
      const directory = join(folder, "elsewhere");
      const callback = tensorBoard({ directory });
      await callback.onStart(run);
      callback.onEpoch(history[0]!);
      const { "epoch/loss": losses } = await curvesOf(join(directory, "validation"), [1]);
      callback.onEnd();
      assert.deepEqual(losses, [1.5]);
    }),
);

testWithTensorFlow(
  "tensorBoard() writes nothing of validation where there are no such images",
  () =>
    inFolder(async (folder) => {
      const callback = tensorBoard();
      const found: string[][] = [];
      // The same callback may see several runs.
      for (const validation of [8, 0]) {
        const data = { ...exampleRecord.data, validation };
        const run = await Run.create(join(folder, `run${validation}`), { ...exampleRecord, data });
        await callback.onStart(run);
        callback.onEpoch({ ...history[0]!, val_loss: NaN, val_accuracy: NaN });
        callback.onEnd();
        found.push((await listDir(join(run.directory, "tensorboard"))).sort());
      }
      assert.deepEqual(found, [["train", "validation"], ["train"]]);
    }),
);

testWithTensorFlow(
  "tensorBoard() refuses an engine that writes no event files",
  () =>
    inFolder(async (folder) => {
      const run = await Run.create(join(folder, "mine"), exampleRecord);
      await tf.setBackend("cpu");
      try {
        await assert.rejects(
          tensorBoard().onStart(run),
          /need the tensorflow engine\. Received: cpu/,
        );
      } finally {
        await tf.setBackend("tensorflow");
      }
    }),
);
