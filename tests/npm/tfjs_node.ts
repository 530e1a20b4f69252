/** What a program for tfjs-node does on Node with the npm package; says what it computed, as JSON. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import * as tf from "../../lib/engine/tfjs_node.ts";

const require = createRequire(import.meta.url);
const required = require("@tensorflow/tfjs-node-gpu");
const same = [required.node === tf.node, require("@tensorflow/tfjs").tensor === tf.tensor];
const image = tf.node.decodeImage(readFileSync("image.png"));

const saved = await tf.node.loadSavedModel("model");
const tripled = saved.predict(tf.tensor1d([1, 2])) as tf.Tensor;
const models = [tf.node.getNumOfSavedModels()];
saved.dispose();
models.push(tf.node.getNumOfSavedModels());

const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [1] })] });
model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
await model.fit(tf.zeros([2, 1]), tf.zeros([2, 2]), { epochs: 1 });
model.setWeights([tf.tensor2d([[1, 2]]), tf.tensor1d([0, 0])]);
await model.save("file://layers");
const loaded = await tf.loadLayersModel("file://layers/model.json");

// Without flush(): the end of the program writes it.
tf.node.summaryFileWriter("logs").scalar("loss", 0.5, 1);

process.stdout.write(`\n${
  JSON.stringify({
    backend: tf.getBackend(),
    same,
    image: [...await image.data()],
    tripled: [...await tripled.data()],
    models,
    loaded: [...await (loaded.predict(tf.tensor2d([[10]])) as tf.Tensor).data()],
  })
}\n`);
