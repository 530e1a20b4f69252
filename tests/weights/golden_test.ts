import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { tf } from "../../lib/engine/tf.ts";
import { openNet } from "../../lib/runs/open_net.ts";
import { assertClose } from "../assert_close.ts";
import { formulaImages } from "../peers/formula.ts";
import golden from "./golden/weights_files.json" with { type: "json" };

await tf.setBackend("cpu");

for (const { file, options, logits } of golden.nets) {
  Deno.test(`openNet() reads ${file} and has the logits of the framework that wrote it`, async () => {
    const before = tf.memory().numTensors;
    const path = fileURLToPath(new URL(`golden/${file}`, import.meta.url));
    const { inputSize } = options;
    const net = await openNet(path, { activation: "linear", inputSize });
    const images = formulaImages(golden.images, inputSize, 3);
    const predicted = net.model.predict(images) as tf.Tensor;
    assertClose(predicted, logits.flat(), 1e-4);
    assert.equal(net.network.inputSize, inputSize);
    assert.equal(net.network.configuration, options.configuration);
    assert.equal(net.classes.length, options.classes);
    net.model.dispose();
    tf.dispose([images, predicted]);
    assert.equal(tf.memory().numTensors, before);
  });
}
