import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import * as models from "../../lib/vgg/models.ts";

await tf.setBackend("cpu");

/** Trainable parameters of torchvision's models of the same names, for 224 pixels and 1000 classes. */
const published: Record<keyof typeof models, number> = {
  vgg11: 132_863_336,
  vgg11_bn: 132_868_840,
  vgg13: 133_047_848,
  vgg13_bn: 133_053_736,
  vgg16: 138_357_544,
  vgg16_bn: 138_365_992,
  vgg19: 143_667_240,
  vgg19_bn: 143_678_248,
};

/** The fully connected layers, which are the same in all of them; they are not built here to save memory. */
const head = (7 * 7 * 512 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000;

for (const [name, expected] of Object.entries(published)) {
  const build = models[name as keyof typeof models];

  Deno.test(`${name}() has as many parameters as torchvision's`, () => {
    const model = build({ inputSize: 32, head: "small" });
    const trained = model.trainableWeights.filter(({ name }) => name.startsWith("block"));
    const sizes = trained.map(({ shape }) => tf.util.sizeFromShape(shape as number[]));
    assert.equal(sizes.reduce((sum, size) => sum + size, 0) + head, expected);
    model.dispose();
  });

  Deno.test(`${name}() has the paper's head, input and classes by default`, () => {
    const model = build({ width: 1 / 64 });
    assert.deepEqual(model.inputs[0]?.shape, [null, 224, 224, 3]);
    assert.deepEqual(model.outputs[0]?.shape, [null, 1000]);
    assert.ok(model.getLayer("fc2"));
    model.dispose();
  });
}
