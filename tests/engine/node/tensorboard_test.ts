import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { inFolder } from "../../in_folder.ts";
import { readEvents, readHistograms } from "../tensorflow/read_events.ts";
import { runProgram } from "./run_program.ts";
import { held, testTfjsNode } from "./support.ts";

/** tfjs-node has no function that closes a writer. */
const staysOpen = { staysOpen: true };

testTfjsNode(
  "a summary file writer writes scalars and histograms",
  ({ node }) =>
    inFolder(async (folder) => {
      const directory = join(folder, "not", "there");
      const before = held();
      const writer = node.summaryFileWriter(directory);
      assert.equal(node.summaryFileWriter(directory), writer);
      const [half, values] = [tf.scalar(0.5), tf.tensor1d([0, 1, 1, 2, 3, 4], "int32")];
      const [equal, none] = [tf.fill([2, 3], 7), tf.tensor([])];
      writer.scalar("a tag of more than twenty-two bytes, é", 0.25, 1);
      writer.scalar("loss", half as tf.Scalar, 2 ** 30);
      writer.histogram("values", values, 3, 2);
      writer.histogram("equal", equal, 4);
      writer.histogram("none", none, 5);
      writer.flush();
      const { scalars } = await readEvents(directory);
      assert.deepEqual(scalars.slice(0, 2), [
        { tag: "a tag of more than twenty-two bytes, é", step: 1, value: 0.25 },
        { tag: "loss", step: 2 ** 30, value: 0.5 },
      ]);
      assert.deepEqual(await readHistograms(directory), [
        { tag: "values", step: 3, buckets: [[0, 2, 3], [2, 4, 3]] },
        { tag: "equal", step: 4, buckets: [[6.5, 7.5, 6]] },
        { tag: "none", step: 5, buckets: [] },
      ]);
      assert.throws(() => writer.scalar("loss", 1, 1.5), /integer, but is instead 1\.5$/);
      assert.throws(() => writer.histogram("h", equal, 1, 0), /strictly positive integer, .* 0$/);
      tf.dispose([half, values, equal, none]);
      // The writer's own handle stays.
      assert.deepEqual(held(), before.map((count, index) => index < 2 ? count + 1 : count));
    }, staysOpen),
);

testTfjsNode(
  "the TensorBoard callback logs fit() as its history has it",
  ({ node }) =>
    inFolder(async (folder) => {
      const model = tf.sequential({
        layers: [tf.layers.dense({ units: 1, inputShape: [3], name: "only" })],
      });
      model.compile({ loss: "meanSquaredError", optimizer: "sgd", metrics: ["MAE"] });
      const [xs, ys] = [tf.randomNormal([40, 3]), tf.randomNormal([40, 1])];
      const { history } = await model.fit(xs, ys, {
        ...{ epochs: 3, batchSize: 10, verbose: 0, validationData: [xs, ys] },
        callbacks: node.tensorBoard(folder, { updateFreq: "batch", histogramFreq: 2 }),
      });
      const train = (await readEvents(join(folder, "train"))).scalars;
      const val = (await readEvents(join(folder, "val"))).scalars;
      const curve = (scalars: typeof train, tag: string): number[] =>
        scalars.filter((scalar) => scalar.tag === tag).map(({ value }) => value);
      for (
        const [scalars, tag, key] of [
          ...[[train, "epoch_loss", "loss"], [train, "epoch_MAE", "MAE"]] as const,
          ...[[val, "epoch_loss", "val_loss"], [val, "epoch_MAE", "val_MAE"]] as const,
        ]
      ) {
        assert.equal(curve(scalars, tag).length, 3);
        assertClose(curve(scalars, tag), history[key] as number[], 1e-6);
      }
      assert.equal(curve(train, "batch_loss").length, 12);
      const histograms = await readHistograms(join(folder, "train"));
      assert.deepEqual(histograms.map(({ tag, step }) => [tag, step]), [
        ...[["only/kernel", 0], ["only/bias", 0], ["only/kernel", 2], ["only/bias", 2]],
      ]);
      for (const { tag, buckets } of histograms) {
        const count = buckets.reduce((sum, [, , each]) => sum + each!, 0);
        assert.equal(count, tag === "only/kernel" ? 3 : 1, tag);
      }
      tf.dispose([xs, ys]);
      model.dispose();
    }, staysOpen),
);

testTfjsNode(
  "what a program's summary writers buffer is written when it ends",
  () =>
    inFolder(async (folder) => {
      await runProgram(
        folder,
        "program.mjs",
        `import * as tf from "@tensorflow/tfjs-node";
       const writer = tf.node.summaryFileWriter("logs");
       for (const step of [1, 2, 3]) writer.scalar("loss", step / 2, step);`,
      );
      const { scalars } = await readEvents(join(folder, "logs"));
      assert.deepEqual(scalars.map(({ value }) => value), [0.5, 1, 1.5]);
    }),
);
