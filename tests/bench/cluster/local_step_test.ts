import assert from "node:assert/strict";
import { crowded, layerGradients, localStep } from "./local_step.ts";

Deno.test("layerGradients() has VGG16's fully connected layers first, within a hundredth of the pass", () => {
  const layers = layerGradients({ configuration: "D", inputSize: 224 });
  assert.equal(layers.length, 16);
  assert.equal(layers.reduce((sum, { size }) => sum + size, 0), 138_357_544);
  const at = (wanted: string): number => layers.find(({ name }) => name === wanted)!.at;
  // Multiply-adds: 123,633,664 of them fully connected, of 15,470,264,320.
  assert.equal(at("predictions"), 4_096_000 / 15_470_264_320);
  assert.equal(at("fc1"), 123_633_664 / 15_470_264_320);
  assert.equal(at("block1_conv1"), 1);
});

Deno.test("layerGradients() counts batch normalization with the pass of its convolution", () => {
  const layers = layerGradients({ configuration: "A", inputSize: 32, batchNorm: true });
  const [first, second] = layers;
  assert.deepEqual([first!.name, second!.name], ["block1_conv1", "block1_conv1_bn"]);
  assert.equal(second!.size, 2 * 64);
  assert.ok(second!.at < first!.at);
});

Deno.test("localStep() takes a step apart by what images cost", () => {
  const step = localStep({ configuration: "A", inputSize: 32 }, 6, { constant: 2, gradient: 0.5 });
  assert.deepEqual([step.forward, step.backward, step.update], [1, 2, 2]);
  const slower = crowded(step, 2);
  assert.deepEqual([slower.forward, slower.backward, slower.update], [2, 4, 4]);
});
