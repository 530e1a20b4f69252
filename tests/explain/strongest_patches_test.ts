import assert from "node:assert/strict";
import { normalizeBytes } from "../../lib/data/augment/mod.ts";
import { BrokenImageError, type Split } from "../../lib/data/dataset.ts";
import { tf } from "../../lib/engine/tf.ts";
import { applyLayers, cutNetwork } from "../../lib/explain/layers.ts";
import { strongestPatches } from "../../lib/explain/strongest_patches.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { tinySet } from "../training/tiny_set.ts";
import { formulaNet } from "./formula_net.ts";

await tf.setBackend("cpu");

/** Black images with one red dot each, brighter in each next image; the fourth cannot be read. */
const dots: Split = {
  length: 4,
  labels: new Uint16Array(4),
  path: (index) => `${index}.png`,
  image: (index, { size }) => {
    if (index === 3) return Promise.reject(new BrokenImageError("3.png", "broken"));
    const data = new Uint8Array(size * size * 3);
    data[((10 + index) * size + 20 * index) * 3] = 100 + 50 * index;
    return Promise.resolve({ width: size, height: size, data });
  },
};

Deno.test("strongestPatches() finds the strongest patches of a channel, cut off at the edge", async () => {
  const before = tf.memory().numTensors;
  const net = formulaNet({ configuration: "A" });
  const layer = net.model.getLayer("block1_conv1");
  const kernel = tf.buffer([3, 3, 3, 8]);
  kernel.set(1, 1, 1, 0, 5); // Channel 5 is the red value of the pixel.
  const weights = [kernel.toTensor(), tf.zeros([8])];
  layer.setWeights(weights);
  const normalization = { kind: "rescale", mean: [0, 0, 0], deviation: [100, 100, 100] } as const;
  const found = await strongestPatches({ ...net, normalization }, dots, "block1_conv1", {
    ...{ channels: [5], count: 2, batchSize: 2 },
  });
  assert.deepEqual(
    found.map(({ channel, patches }) => [
      channel,
      ...patches.map(({ sample, activation, left, top, image: { width, height, data } }) => [
        ...[sample, activation, left, top, width, height, data[12]],
      ]),
    ]),
    [[5, [2, 2, 39, 11, 3, 3, 200], [1, 1.5, 19, 10, 3, 3, 150]]],
  );
  const [{ patches }] = await strongestPatches({ ...net, normalization }, dots, "block1_conv1", {
    ...{ channels: [5], count: 6 },
  }) as [typeof found[number]];
  const { left, image } = patches[2]!;
  assert.deepEqual([patches.length, left, image.width, image.height], [3, 0, 2, 3]);
  tf.dispose(weights);
  net.model.dispose();
  assert.equal(tf.memory().numTensors, before);
});

const cases: [VGGOptions, string][] = [
  [{ configuration: "A", batchNorm: true }, "block3_conv1_relu"],
  [{ configuration: "C" }, "block3_conv3"],
  [{ configuration: "A-LRN" }, "block1_lrn"],
];

for (const [options, layer] of cases) {
  Deno.test(`patches of ${layer} of ${options.configuration} are exactly the pixels with a gradient`, async () => {
    const net = formulaNet(options);
    const [found] = await strongestPatches(net, tinySet.validation, layer, { channels: [1] });
    for (const { sample, activation, left, top, image: { width, height } } of found!.patches) {
      const { data } = await tinySet.validation.image(sample, net.fit);
      const floats = new Float32Array(data.length);
      normalizeBytes(data, floats, net.normalization);
      const { below } = cutNetwork(net.model, layer);
      const [peak, gradient] = tf.tidy(() => {
        const { value, grad } = tf.valueAndGrad((images) =>
          applyLayers(below, images).gather([1], 3).max() as tf.Scalar
        )(tf.tensor4d(floats, [1, 48, 48, 3]));
        return [value.dataSync()[0]!, grad.abs().sum([0, 3]).arraySync() as number[][]];
      });
      assert.ok(Math.abs(peak - activation) < 1e-5);
      const rows = [...gradient.keys()].filter((row) => gradient[row]!.some((value) => value > 0));
      const columns = [...gradient.keys()].filter((column) =>
        gradient.some((row) => row[column]! > 0)
      );
      assert.deepEqual([rows[0], rows.at(-1)], [top, top + height - 1]);
      assert.deepEqual([columns[0], columns.at(-1)], [left, left + width - 1]);
    }
    net.model.dispose();
  });
}

Deno.test("strongestPatches() rejects layers without maps and unknown channels", async () => {
  const net = formulaNet({ configuration: "A" });
  const { validation } = tinySet;
  await assert.rejects(strongestPatches(net, validation, "fc1"), /layer must be one of .*: fc1/);
  await assert.rejects(
    strongestPatches(net, validation, "block1_conv1", { channels: [8] }),
    /a channel must be from 0 to 7. Received: 8/,
  );
  net.model.dispose();
});
