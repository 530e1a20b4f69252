import { join } from "@std/path";
import assert from "node:assert/strict";
import { openSummaryWriter } from "../../lib/engine/summary_writer.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { Run } from "../../lib/runs/run.ts";
import { tensorBoard } from "../../lib/training/callbacks/tensorboard.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "../runs/example_record.ts";
import { peersPython, peersWanted, runScript, testWithPeers } from "./environment.ts";

if (peersWanted) await useEngine({ engine: "tensorflow" });

/** What TensorBoard reads in a folder, by tests/peers/tensorboard_reader.py. */
async function readByTensorBoard(directory: string): Promise<unknown> {
  const python = await peersPython(["tensorboard"]);
  return JSON.parse(await runScript(python, "tensorboard_reader.py", directory));
}

/** A scalar as TensorBoard reads it. */
function scalar(tag: string, step: number, value: number): object {
  return { tag, step, type: "float32", value: Math.fround(value) };
}

testWithPeers(
  "TensorBoard reads the scalars and images that a summary writer writes",
  () =>
    inFolder(async (folder) => {
      const sizes = [{ width: 5, height: 3 }, { width: 1, height: 4 }];
      const images = sizes.map(({ width, height }) =>
        Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 37 + width) % 256)
      );
      const writer = await openSummaryWriter(folder);
      writer.scalar("epoch/loss", 0.1, 1);
      writer.scalar("epoch/loss", 1e-30, 2);
      writer.scalar("é of a tag with more than 22 bytes", -1 / 3, 2 ** 40);
      images.forEach((pixels, index) =>
        writer.image("figures/image", pixels, sizes[index]!, index + 1)
      );
      writer.close();
      assert.deepEqual(await readByTensorBoard(folder), {
        scalars: [
          scalar("epoch/loss", 1, 0.1),
          scalar("epoch/loss", 2, 1e-30),
          scalar("é of a tag with more than 22 bytes", 2 ** 40, -1 / 3),
        ],
        images: images.map((pixels, index) => {
          const { width, height } = sizes[index]!;
          return {
            ...{ tag: "figures/image", step: index + 1, width, height },
            ...{ mode: "RGB", shape: [height, width, 3], pixels: [...pixels] },
          };
        }),
      });
    }),
);

testWithPeers(
  "TensorBoard reads a training and its resumption as one",
  () =>
    inFolder(async (folder) => {
      const run = await Run.create(join(folder, "mine"), exampleRecord);
      for (const epoch of [1, 2]) {
        const callback = tensorBoard();
        await callback.onStart(run);
        callback.onEpoch({
          ...{ epoch, loss: 2 / epoch, accuracy: 0.3, val_loss: 3 / epoch, val_accuracy: 0.6 },
          ...{ lr: 0.01, seconds: 2, images_per_second: 12.5 },
        });
        callback.onEnd();
      }
      assert.deepEqual(await readByTensorBoard(join(run.directory, "tensorboard", "validation")), {
        scalars: [
          ...[scalar("epoch/loss", 1, 3), scalar("epoch/loss", 2, 1.5)],
          ...[scalar("epoch/accuracy", 1, 0.6), scalar("epoch/accuracy", 2, 0.6)],
        ],
        images: [],
      });
    }),
);
