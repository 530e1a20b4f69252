import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { gradCAM } from "../../lib/explain/grad_cam.ts";
import { withFormulaNet } from "./formula_net.ts";

await tf.setBackend("cpu");
const small = { configuration: "A", inputSize: 32, width: 1 / 16, classes: 5 } as const;
const tested = { network: small, labels: [0, 0] };

Deno.test("gradCAM() explains the predicted classes, equally for logits and probabilities", async () => {
  const explain = (activation: "softmax" | "linear"): Promise<number[][]> =>
    withFormulaNet({ ...tested, network: { ...small, activation } }, async (model, images) => {
      const scores = model.predict(images) as tf.Tensor;
      const predicted = tf.tidy(() => Array.from(scores.argMax(1).dataSync()));
      scores.dispose();
      const grids = await gradCAM(model, images);
      assert.deepEqual(grids.map(({ label }) => label), predicted);
      return grids.map(({ values }) => [...values]);
    });
  assert.deepEqual(await explain("softmax"), await explain("linear"));
});

Deno.test("gradCAM() accepts any layer with maps, and names them in its error", () =>
  withFormulaNet(tested, async (model, images) => {
    const [grid] = await gradCAM(model, images, { layer: "block2_conv1", labels: 1 });
    assert.deepEqual([grid?.width, grid?.height, grid?.channels], [16, 16, 1]);
    await assert.rejects(
      gradCAM(model, images, { layer: "fc1" }),
      /^OptionError: layer must be one of block1_conv1, .*block5_pool\. Received: fc1$/,
    );
  }));

Deno.test("gradCAM() rejects labels that are not class indices", () =>
  withFormulaNet(tested, async (model, images) => {
    for (const labels of [5, -1, 0.5]) {
      await assert.rejects(
        gradCAM(model, images, { labels }),
        new RegExp(`a label must be a whole number from 0 to 4. Received: ${labels}`),
      );
    }
    await assert.rejects(
      gradCAM(model, images, { labels: [1] }),
      /one per image \(2\)\. Received: 1/,
    );
  }));
