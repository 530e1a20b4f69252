import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { tf } from "../../../lib/engine/tf.ts";
import { openNet } from "../../../lib/runs/open_net.ts";
import { assertClose } from "../../assert_close.ts";
import { pixelOutputs } from "../../peers/pixel_outputs.ts";
import golden from "../golden/keras_files.json" with { type: "json" };

await tf.setBackend("cpu");

for (const file of golden.files) {
  Deno.test(`openNet() reads ${file}, with preprocessing and a partly frozen base, as Keras does`, async () => {
    const before = tf.memory().numTensors;
    const messages: string[] = [];
    const path = fileURLToPath(new URL(`../golden/${file}`, import.meta.url));
    const net = await openNet(path, { onMessage: (line) => void messages.push(line) });
    assert.equal(net.network.inputSize, golden.size);
    assertClose((await pixelOutputs(net, golden.size)).flat(), golden.outputs.flat(), 1e-4);
    assert.deepEqual(messages, [
      `${path}: its layer random_flip is left out: images change in training only`,
    ]);
    net.model.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}
