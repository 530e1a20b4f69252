import assert from "node:assert/strict";
import { Run } from "../../../lib/runs/run.ts";
import type { HistoryLine } from "../../../lib/runs/schemas.ts";
import { HistoryWriter } from "../../../lib/training/callbacks/history_writer.ts";
import { WriteQueue } from "../../../lib/training/callbacks/write_queue.ts";
import { inFolder } from "../../in_folder.ts";
import { exampleRecord } from "../../runs/example_record.ts";

function lineOf(epoch: number, loss: number): HistoryLine {
  return {
    ...{ epoch, loss, accuracy: 0.5, val_loss: 1, val_accuracy: 0.5 },
    ...{ lr: 0.1, seconds: 1, images_per_second: 10 },
  };
}

Deno.test("HistoryWriter continues a history, and writes epochs again after a roll-back", () =>
  inFolder(async (folder) => {
    const run = await Run.create(`${folder}/run`, exampleRecord);
    await run.writeHistory([lineOf(1, 9)]);
    const queue = new WriteQueue();
    const writer = new HistoryWriter(queue);
    await writer.onStart(run);
    for (const [epoch, loss] of [[2, 8], [3, 7], [2, 6]] as const) {
      writer.onEpoch(lineOf(epoch, loss));
    }
    await queue.flush();
    assert.deepEqual(await run.history(), [lineOf(1, 9), lineOf(2, 6)]);
  }));
