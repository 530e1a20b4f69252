import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { assertClose } from "../assert_close.ts";
import golden from "../vgg/golden/keras_logits.json" with { type: "json" };
import { peersPython, peersWanted, runScript, testWithPeers } from "./environment.ts";
import { formulaImages, setFormulaWeights } from "./formula.ts";

if (peersWanted) await useEngine();

interface Network {
  options: VGGOptions & { inputSize: number };
  images: number;
  logits: number[][];
}

/** Keras's logits for networks of these options, which tests/peers/keras_logits.py makes. */
async function kerasLogits(options: VGGOptions[]): Promise<Network[]> {
  const python = await peersPython(["keras"]);
  const printed = await runScript(python, "keras_logits.py", JSON.stringify(options));
  return JSON.parse(printed).networks;
}

const fullSize: VGGOptions[] = [
  { configuration: "D", inputSize: 224 },
  { configuration: "E", inputSize: 64, batchNorm: true, head: "small", classes: 10 },
  { configuration: "A-LRN", inputSize: 64, classes: 10 },
  { configuration: "C", inputSize: 96, classes: 10 },
];

for (const options of fullSize) {
  const { configuration, inputSize } = options;
  testWithPeers(
    `Keras gives the same logits for ${configuration} at ${inputSize} pixels`,
    async () => {
      const [network] = await kerasLogits([options]);
      assert.ok(network);
      const before = tf.memory().numTensors;
      const images = formulaImages(network.images, network.options.inputSize, 3);
      const model = buildVGG({ ...network.options, dropout: 0, activation: "linear" });
      setFormulaWeights(model);
      const logits = model.predict(images) as tf.Tensor;
      assertClose(logits, network.logits.flat(), 1e-4);
      tf.dispose([images, logits]);
      model.dispose();
      assert.equal(tf.memory().numTensors, before);
    },
  );
}

testWithPeers("Keras still gives the committed logits of the small networks", async () => {
  const made = await kerasLogits(golden.networks.map(({ options }) => options as VGGOptions));
  golden.networks.forEach(({ logits }, index) =>
    assertClose(made[index]?.logits.flat(), logits.flat(), 1e-5)
  );
});
