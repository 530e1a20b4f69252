import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { assertClose } from "../assert_close.ts";
import { formulaImages, setFormulaWeights } from "../peers/formula.ts";
import golden from "./golden/keras_logits.json" with { type: "json" };

await tf.setBackend("cpu");

for (const { options, images, logits } of golden.networks) {
  const { configuration, inputSize, channels = 3 } = options;
  Deno.test(`buildVGG() has Keras's logits for ${configuration} at ${inputSize} pixels`, () => {
    const model = buildVGG({ ...options as VGGOptions, activation: "linear" });
    setFormulaWeights(model);
    const output = model.predict(formulaImages(images, inputSize, channels)) as tf.Tensor;
    assert.deepEqual(output.shape, [images, options.classes]);
    assertClose(output, logits.flat(), 1e-4);
    model.dispose();
  });
}
