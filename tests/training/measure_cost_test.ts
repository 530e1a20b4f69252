import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { measureCost } from "../../lib/training/measure_cost.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { countVGG } from "../../lib/vgg/analysis/count.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";

Deno.test("measureCost() agrees with the counted sizes, and changes nothing", async () => {
  await tf.setBackend("cpu");
  const options: VGGOptions = { configuration: "A", width: 1 / 32, inputSize: 32, head: "small" };
  const model = buildVGG({ ...options, activation: "linear" });
  const [kernel] = model.getWeights();
  const [before, tensors] = [await kernel!.data(), tf.memory().numTensors];
  const cost = await measureCost(model, { batchSize: 2, repeats: 1 });
  const counted = countVGG(options);
  assert.equal(cost.weightBytes, counted.weightBytes);
  // Two images' activations are the least that a step must keep.
  assert.ok(cost.stepBytes > 2 * counted.activationBytes.training, String(cost.stepBytes));
  assert.ok(cost.predicted > cost.trained && cost.trained > 0);
  assert.equal(tf.memory().numTensors, tensors);
  assert.deepEqual(await kernel!.data(), before);
  model.dispose();
});
