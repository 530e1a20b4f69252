import assert from "node:assert/strict";
import { normalizeBytes } from "../../lib/data/augment/mod.ts";
import { tf } from "../../lib/engine/tf.ts";
import { explainImages, explanationKinds } from "../../lib/explain/explain_images.ts";
import { gradCAM } from "../../lib/explain/grad_cam.ts";
import { guidedBackpropagation } from "../../lib/explain/guided_backpropagation.ts";
import { guidedGradCAM } from "../../lib/explain/guided_grad_cam.ts";
import { occlusion } from "../../lib/explain/occlusion.ts";
import { assertClose } from "../assert_close.ts";
import { tinySet } from "../training/tiny_set.ts";
import { formulaNet } from "./formula_net.ts";

await tf.setBackend("cpu");
const { validation } = tinySet;

Deno.test("explainImages() gives the same grids as the single methods", async () => {
  const net = formulaNet({ configuration: "A", width: 1 / 16 });
  const before = tf.memory().numTensors;
  const images = await Promise.all([0, 1].map((index) => validation.image(index, net.fit)));
  const explained = await explainImages(net, images, {
    labels: [1, 0],
    kinds: explanationKinds,
  });
  const floats = new Float32Array(2 * 48 * 48 * 3);
  images.forEach(({ data }, index) =>
    normalizeBytes(data, floats.subarray(index * data.length), net.normalization)
  );
  const tensor = tf.tensor4d(floats, [2, 48, 48, 3]);
  const labels = { labels: [1, 0] };
  const single = [
    await gradCAM(net.model, tensor, labels),
    await guidedBackpropagation(net.model, tensor, labels),
    await guidedGradCAM(net.model, tensor, labels),
    await occlusion(net.model, tensor, labels),
  ];
  tensor.dispose();
  explained.forEach(({ label, grids }, index) => {
    assert.equal(label, labels.labels[index]);
    assert.deepEqual([...grids.keys()], explanationKinds);
    for (const [at, grid] of [...grids.values()].entries()) {
      const { values, ...rest } = single[at]![index]!;
      assertClose(grid.values, values, 0);
      assert.deepEqual({ ...grid, values: null }, { ...rest, values: null });
    }
  });
  assert.equal(tf.memory().numTensors, before);
  net.model.dispose();
});

Deno.test("explainImages() explains the predicted classes by default, and rejects invalid options", async () => {
  const net = formulaNet({ configuration: "A" });
  const image = await validation.image(0, net.fit);
  const [explained] = await explainImages(net, [image]);
  assert.deepEqual([...explained!.grids.keys()], ["grad-cam"]);
  assert.equal(explained!.grids.get("grad-cam")!.label, explained!.label);
  assert.deepEqual(await explainImages(net, []), []);
  const small = await validation.image(0, { mode: "stretch", size: 32 });
  await assert.rejects(explainImages(net, [small]), /48 × 48. Received: 32 × 32/);
  await assert.rejects(
    explainImages(net, [image], { kinds: ["lime" as "occlusion"] }),
    /an explanation is one of grad-cam, .*occlusion. Received: lime/,
  );
  net.model.dispose();
});
