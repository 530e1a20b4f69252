import { join } from "@std/path";
import assert from "node:assert/strict";
import { listDir } from "../../../lib/files/read.ts";
import { Run } from "../../../lib/runs/run.ts";
import type { HistoryLine } from "../../../lib/runs/schemas.ts";
import { Checkpointer } from "../../../lib/training/callbacks/checkpointer.ts";
import { HistoryWriter } from "../../../lib/training/callbacks/history_writer.ts";
import { WriteQueue } from "../../../lib/training/callbacks/write_queue.ts";
import { ElapsedTimer } from "../../../lib/training/checkpoint/elapsed_timer.ts";
import type { Snapshot } from "../../../lib/training/checkpoint/model_state.ts";
import { initialProgress } from "../../../lib/training/checkpoint/training_progress.ts";
import type { Progress } from "../../../lib/training/loop/progress.ts";
import { inFolder } from "../../in_folder.ts";
import { exampleRecord } from "../../runs/example_record.ts";

const line: HistoryLine = {
  ...{ epoch: 1, loss: 2, accuracy: 0.5, val_loss: 1, val_accuracy: 0.5 },
  ...{ lr: 0.1, seconds: 1, images_per_second: 10 },
};

function snapshotAfter(steps: number, value = steps): Snapshot {
  const values = new Float32Array(6).fill(value);
  return {
    progress: { ...initialProgress, steps },
    arrays: () => Promise.resolve(new Map([["predictions/kernel", { shape: [2, 3], values }]])),
  };
}

interface Example {
  readonly run: Run;
  readonly queue: WriteQueue;
  readonly checkpointer: Checkpointer;
  /** The files among the run's weights. */
  readonly files: () => Promise<string[]>;
}

/** Gives a test a run and what keeps it. */
async function inRun(minutes: number, test: (example: Example) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const run = await Run.create(join(folder, "run"), exampleRecord);
    const queue = new WriteQueue();
    const checkpointer = new Checkpointer(run, queue, { minutes, timer: new ElapsedTimer() });
    const files = async (): Promise<string[]> => {
      const weights = join(run.directory, "weights");
      return [...await listDir(join(weights, "last")), ...await listDir(weights)]
        .filter((name) => name.endsWith(".safetensors")).sort();
    };
    await test({ run, queue, checkpointer, files });
  });
}

Deno.test("Checkpointer and HistoryWriter write checkpoint, best weights and history in this order", () =>
  inRun(10, async ({ run, queue, checkpointer, files }) => {
    const history = new HistoryWriter(queue);
    await history.onStart(run);
    let seen: string[] = [];
    run.writeHistory = async () => {
      seen = await files();
    };
    for (const best of [false, true]) {
      await checkpointer.onEpoch(line, best, snapshotAfter(best ? 6 : 3));
      history.onEpoch(line);
      await queue.flush();
      assert.deepEqual(
        seen,
        best
          ? ["best.safetensors", "step-000003.safetensors", "step-000006.safetensors"]
          : ["step-000003.safetensors"],
      );
    }
  }));

Deno.test("no history is written of an epoch whose checkpoint cannot be", () =>
  inRun(10, async ({ run, queue, checkpointer }) => {
    await Deno.writeTextFile(join(run.directory, "weights"), "a file in the place of the folder");
    const history = new HistoryWriter(queue);
    await history.onStart(run);
    await checkpointer.onEpoch(line, true, snapshotAfter(3));
    history.onEpoch(line);
    await assert.rejects(queue.flush());
    assert.deepEqual(await run.history(), []);
    await assert.rejects(checkpointer.onEpoch(line, true, snapshotAfter(6)));
  }));

Deno.test("Checkpointer saves when minutes have passed, and at an interruption", async () => {
  const step = undefined as unknown as Progress;
  await inRun(0, async ({ queue, checkpointer, files }) => {
    await checkpointer.onStep(step, snapshotAfter(1));
    await queue.flush();
    assert.deepEqual(await files(), ["step-000001.safetensors"]);
  });
  await inRun(10, async ({ queue, checkpointer, files }) => {
    await checkpointer.onStep(step, snapshotAfter(1));
    await queue.flush();
    assert.deepEqual(await files(), []);
    await checkpointer.onInterrupt(snapshotAfter(2));
    await queue.flush();
    assert.deepEqual(await files(), ["step-000002.safetensors"]);
  });
});

Deno.test("Checkpointer keeps only the best weights of a training that starts again when resumed", () =>
  inRun(0, async ({ queue, checkpointer, files }) => {
    const { arrays } = snapshotAfter(3);
    for (const best of [true, false]) {
      await checkpointer.onEpoch(line, best, { arrays, progress: undefined });
    }
    await queue.flush();
    assert.deepEqual(await files(), ["best.safetensors"]);
  }));

Deno.test("Checkpointer.lastFinite() gives the newest checkpoint without NaN", () =>
  inRun(10, async ({ checkpointer }) => {
    for (const [steps, value] of [[3, 1], [6, NaN]] as const) {
      await checkpointer.onEpoch(line, false, snapshotAfter(steps, value));
    }
    const { progress } = await checkpointer.lastFinite();
    assert.equal(progress.steps, 3);
  }));
