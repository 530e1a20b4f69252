import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { assertClose } from "../assert_close.ts";
import { held, take } from "../engine/node/support.ts";
import { inFolder } from "../in_folder.ts";
import { peersPython, peersWanted, runScript, testWithPeers } from "./environment.ts";

const tfjsNode = peersWanted ? await import("../../lib/engine/tfjs_node.ts") : undefined;

testWithPeers(
  "SavedModels of Keras and TensorFlow give the same outputs here",
  () =>
    inFolder(async (folder) => {
      const { node } = tfjsNode!;
      const python = await peersPython(["keras"]);
      const printed = await runScript(python, "signatures.py", folder);
      const expected = JSON.parse(printed.trim().split("\n").at(-1)!) as Record<string, number[]>;
      const before = held();

      const model = await node.loadSavedModel(join(folder, "keras"));
      const shapes = Object.fromEntries(model.inputs.map(({ name, shape }) => [name, shape]));
      assert.deepEqual(shapes, {
        serving_default_facts: [-1, 4],
        serving_default_image: [-1, 8, 8, 3],
      });
      const inputs = tf.tidy(() => ({
        image: tf.sin(tf.range(0, 2 * 8 * 8 * 3)).reshape([2, 8, 8, 3]),
        facts: tf.cos(tf.range(0, 8)).reshape([2, 4]),
      }));
      const outputs = model.predict(inputs) as tf.NamedTensorMap;
      assert.deepEqual(Object.keys(outputs).sort(), Object.keys(expected).sort());
      for (const [name, tensor] of Object.entries(outputs)) {
        assertClose(take(tensor), expected[name]!, 1e-5);
      }
      tf.dispose(inputs);
      model.dispose();

      const words = join(folder, "words");
      const load = (signature: string): ReturnType<typeof node.loadSavedModel> =>
        node.loadSavedModel(words, ["serve"], signature);
      const texts = tf.tensor(["dog", "none", "a word of more than twenty-two bytes", "cat"]);
      const lookUp = await load("serving_default");
      const { ids, lengths } = lookUp.predict({ words: texts }) as tf.NamedTensorMap;
      // An int64 tensor, which tfjs-node gives as an int32 one with a BigInt64Array.
      assert.deepEqual(take(ids!).map(Number), [1, -1, 2, 0]);
      assert.deepEqual(take(lengths!), [3, 4, 36, 3]);

      const count = await load("count");
      const [two, three] = [tf.scalar(2, "int32"), tf.scalar(3, "int32")];
      const counted = [two, three].map((step) => take(count.predict(step) as tf.Tensor));
      assert.deepEqual(counted, [[2], [5]]);

      const brightness = await load("brightness");
      const pixels = tf.tensor4d([...Array(24).keys()].map((each) => 10 * each), [2, 2, 2, 3]);
      const flip = tf.scalar(true, "bool");
      const { light } = brightness.predict({ pixels, flip }) as tf.NamedTensorMap;
      assert.deepEqual(take(light!), [200, 80]);

      for (const each of [lookUp, count, brightness]) each.dispose();
      tf.dispose([texts, two, three, pixels, flip]);
      assert.deepEqual(held(), before);
    }),
);
