import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { featureMaps } from "../../lib/explain/feature_maps.ts";
import { firstFilters } from "../../lib/explain/grid.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { assertClose } from "../assert_close.ts";
import { withFormulaNet } from "./formula_net.ts";

await tf.setBackend("cpu");
const tested = {
  network: { configuration: "A", inputSize: 32, width: 1 / 16, classes: 5 },
  labels: [0, 0],
} as const;

Deno.test("featureMaps() agrees with a convolution computed by hand", () =>
  withFormulaNet(tested, async (model, images) => {
    const maps = await featureMaps(model, images, "block1_conv1");
    const filters = await firstFilters(model);
    assert.deepEqual(maps.map(({ length }) => length), [4, 4]);
    assert.equal(filters.length, 4);
    const biases = model.getLayer("block1_conv1").getWeights()[1]!.dataSync();
    const pixels = images.dataSync();
    const [image, row, column, channel] = [1, 6, 9, 2];
    // The convolution at one position.
    let sum = biases[channel]!;
    filters[channel]!.values.forEach((weight, at) => {
      const [down, along, color] = [Math.floor(at / 9) - 1, Math.floor(at / 3) % 3 - 1, at % 3];
      sum += weight * pixels[((image * 32 + row + down) * 32 + column + along) * 3 + color]!;
    });
    const map = maps[image]![channel]!;
    assert.deepEqual([map.width, map.height, map.channels], [32, 32, 1]);
    assertClose([map.values[row * 32 + column]!], [Math.max(0, sum)], 1e-5);
    assert.ok(sum > 0, "ReLU would hide a negative sum");
  }));

Deno.test("featureMaps() rejects a layer without maps", () =>
  withFormulaNet(
    tested,
    (model, images) =>
      assert.rejects(featureMaps(model, images, "flatten"), /layer must be one of .*: flatten/),
  ));

Deno.test("firstFilters() takes those of a whitening layer", async () => {
  const network = { configuration: "S", inputSize: 32, width: 1 / 16, classes: 2 } as const;
  const model = buildVGG({ ...network, head: "max", whitening: true });
  const filters = await firstFilters(model);
  assert.deepEqual(filters.map(({ width, height, channels }) => [width, height, channels]), [
    ...Array(24).fill([2, 2, 3]),
  ]);
  model.dispose();
});
