import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { inFolder } from "../../in_folder.ts";
import { held, take, testTfjsNode } from "./support.ts";

testTfjsNode(
  "save() and load use file:// as tfjs-node does",
  ({ io }) =>
    inFolder(async (folder) => {
      const before = held();
      const model = tf.sequential({
        layers: [tf.layers.dense({ units: 2, inputShape: [3], name: "only" })],
      });
      const kernel = [1, 2, 3, 4, 5, 6.5];
      model.setWeights([tf.tensor2d(kernel, [3, 2]), tf.tensor1d([7, 8])]);
      const target = join(folder, "model");
      await model.save(`file://${target}`);
      // The weights are float32 values, one after the other.
      const bytes = await Deno.readFile(join(target, "weights.bin"));
      assert.deepEqual([...new Float32Array(bytes.buffer)], [...kernel, 7, 8]);

      const file = join(target, "model.json");
      const input = tf.tensor2d([[1, 10, 100]]);
      const expected = [1 + 30 + 500 + 7, 2 + 40 + 650 + 8];
      for (const source of [`file://${file}`, io.fileSystem(file)]) {
        const loaded = await tf.loadLayersModel(source);
        assert.deepEqual(take(loaded.predict(input) as tf.Tensor), expected);
        loaded.dispose();
      }
      const missing = join(folder, "missing.json");
      await assert.rejects(tf.loadLayersModel(`file://${missing}`), {
        message: `Path ${missing} does not exist: loading failed`,
      });
      await assert.rejects(tf.loadLayersModel(`file://${target}`), {
        message: "The path to load from must be a file. " +
          "Loading from a directory is not supported.",
      });
      await assert.rejects(model.save(`file://${file}`), {
        message: `Path ${file} exists as a file. ` +
          "The path must be nonexistent or point to a directory.",
      });
      input.dispose();
      model.dispose();
      const [tensors] = held();
      // setWeights() copies the two tensors it gets, and leaves them to the garbage collector.
      assert.equal(tensors, before[0]! + 2);
    }),
);

testTfjsNode("tf.data.csv() and its sources read files", (tfjsNode) =>
  inFolder(async (folder) => {
    const path = join(folder, "flowers.csv");
    await Deno.writeTextFile(path, 'length,"width, cm",kind\n5.1,3.5,iris\n4.9,,"a, b"\n');
    const before = held();
    const { data } = tfjsNode;
    const rows = data.csv(`file://${path}`);
    assert.deepEqual(await rows.columnNames(), ["length", "width, cm", "kind"]);
    assert.deepEqual(await rows.toArray(), [
      { length: 5.1, "width, cm": 3.5, kind: "iris" },
      { length: 4.9, "width, cm": undefined, kind: "a, b" },
    ]);
    const labeled = data.csv(`file://${path}`, {
      columnConfigs: { kind: { isLabel: true }, length: { dtype: "int32" } },
      configuredColumnsOnly: true,
    });
    assert.deepEqual(await labeled.toArray(), [
      { xs: { length: 5 }, ys: { kind: "iris" } },
      { xs: { length: 4 }, ys: { kind: "a, b" } },
    ]);
    const chunks = await new data.FileDataSource(`file://${path}`, { chunkSize: 10 }).iterator();
    assert.equal((await chunks.next()).value?.length, 10);
    await assert.rejects(data.csv(`file://${path}.no`).toArray(), /ENOENT.*flowers\.csv\.no'$/);
    assert.deepEqual(held(), before);
  }));

testTfjsNode("conv3d() computes dilations, which tfjs-node's TensorFlow did not", () => {
  const [input, filter] = [tf.range(0, 125).reshape([1, 5, 5, 5, 1]), tf.ones([2, 2, 2, 1, 1])];
  const result = tf.conv3d(
    input as tf.Tensor5D,
    filter as tf.Tensor5D,
    1,
    "valid",
    "NDHWC",
    [4, 4, 4],
  );
  // The sum of the eight corners of the cube.
  assert.deepEqual([result.shape, take(result)], [[1, 1, 1, 1, 1], [8 * 62]]);
  tf.dispose([input, filter]);
});
