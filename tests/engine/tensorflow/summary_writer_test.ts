import { join } from "@std/path";
import assert from "node:assert/strict";
import { openSummaryWriter } from "../../../lib/engine/summary_writer.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { inFolder } from "../../in_folder.ts";
import { readEvents } from "./read_events.ts";
import { countHandles, testWithTensorFlow } from "./support.ts";

const pixels = Uint8Array.from({ length: 2 * 3 * 3 }, (_, index) => 14 * index);
const size = { width: 3, height: 2 };

testWithTensorFlow(
  "a summary writer writes scalars and images, and leaves no tensor",
  () =>
    inFolder(async (folder) => {
      const directory = join(folder, "not", "there");
      const before = [tf.memory().numTensors, countHandles()];
      const writer = await openSummaryWriter(directory);
      // Strings of more than 22 bytes are stored differently.
      const long = "a tag of more bytes than a short string has, é";
      writer.scalar("epoch/loss", 0.1, 1);
      writer.scalar(long, NaN, 2 ** 40);
      writer.image("figures/image", pixels, size, 3);
      writer.close();
      assert.deepEqual([tf.memory().numTensors, countHandles()], before);
      assert.deepEqual(await readEvents(directory), {
        scalars: [
          { tag: "epoch/loss", step: 1, value: Math.fround(0.1) },
          { tag: long, step: 2 ** 40, value: NaN },
        ],
        images: [{ tag: "figures/image", step: 3, image: { ...size, data: pixels } }],
      });
    }),
);

testWithTensorFlow(
  "a summary writer's file can be read after flush(), before it is closed",
  () =>
    inFolder(async (folder) => {
      const writer = await openSummaryWriter(folder);
      writer.scalar("loss", 2, 1);
      writer.flush();
      const { scalars } = await readEvents(folder);
      writer.close();
      assert.deepEqual(scalars, [{ tag: "loss", step: 1, value: 2 }]);
    }),
);

testWithTensorFlow(
  "two summary writers of one folder write and close separate files",
  () =>
    inFolder(async (folder) => {
      const [first, second] = [await openSummaryWriter(folder), await openSummaryWriter(folder)];
      first.scalar("first", 1, 1);
      first.close();
      second.scalar("second", 2, 1);
      second.close();
      const { scalars } = await readEvents(folder);
      assert.deepEqual(scalars.map(({ tag }) => tag).sort(), ["first", "second"]);
      assert.equal([...Deno.readDirSync(folder)].length, 2);
    }),
);

testWithTensorFlow(
  "a summary writer refuses invalid values, and can still be used",
  () =>
    inFolder(async (folder) => {
      const before = [tf.memory().numTensors, countHandles()];
      const writer = await openSummaryWriter(folder);
      assert.throws(() => writer.scalar("loss", 1, 1.5), /1\.5 cannot be .* not an integer/);
      assert.throws(
        () => writer.image("image", pixels.subarray(1), size, 1),
        /shape \[2,3,3\] takes 18 bytes\. Received: 17/,
      );
      writer.scalar("loss", 1, 1);
      writer.close();
      writer.close();
      assert.throws(
        () => writer.scalar("loss", 1, 2),
        (error: Error) => error.message === `the summary writer of ${folder} is closed`,
      );
      assert.deepEqual([tf.memory().numTensors, countHandles()], before);
      assert.equal((await readEvents(folder)).scalars.length, 1);
    }),
);

testWithTensorFlow(
  "openSummaryWriter() refuses a file in the folder's place, and another engine",
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "file");
      await Deno.writeTextFile(file, "");
      for (const directory of [file, join(file, "inside")]) {
        await assert.rejects(openSummaryWriter(directory), {
          name: "OptionError",
          message: "TensorBoard files need a folder. " +
            `Received: ${directory}, which is a file or lies in one`,
        });
      }
      await tf.setBackend("cpu");
      await assert.rejects(openSummaryWriter(folder), {
        name: "OptionError",
        message: "TensorBoard files need the tensorflow engine. Received: cpu",
      }).finally(() => tf.setBackend("tensorflow"));
      assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["file"]);
    }),
);
