import assert from "node:assert/strict";
import { receptiveFields, receptiveFieldsOf } from "../../../lib/vgg/analysis/receptive_field.ts";

/** From Araujo et al. 2019, "Computing receptive fields of convolutional neural networks". */
Deno.test("receptiveFields() gives the published field and stride of VGG16", () => {
  const last = receptiveFields({ configuration: "D" }).at(-1);
  assert.deepEqual(last, { name: "block5_pool", size: 212, step: 32 });
});

Deno.test("receptiveFieldsOf() gives the published field and stride of AlexNet", () => {
  const windows = [[11, 4], [3, 2], [5, 1], [3, 2], [3, 1], [3, 1], [3, 1], [3, 2]];
  const fields = receptiveFieldsOf(
    windows.map(([kernelSize = 0, stride = 0]) => ({ name: "layer", kernelSize, stride })),
  );
  assert.deepEqual(fields.at(-1), { name: "layer", size: 195, step: 32 });
});

Deno.test("receptiveFields() agrees with the paper: two 3 × 3 see 5 × 5, three see 7 × 7", () => {
  const field = (name: string): number | undefined =>
    receptiveFields({ configuration: "D" }).find((layer) => layer.name === name)?.size;
  assert.equal(field("block1_conv2"), 5);
  const within = (field("block3_conv3")! - field("block2_pool")!) / 4 + 1;
  assert.equal(within, 7);
});

Deno.test("receptiveFields() do not grow by 1 × 1 convolutions or normalization", () => {
  const layers = receptiveFields({ configuration: "C", batchNorm: true });
  const sizes = ["block3_conv2", "block3_conv3"].map((name) =>
    layers.find((layer) => layer.name === name)?.size
  );
  assert.equal(sizes[0], sizes[1]);
  assert.equal(layers.length, 13 + 5);
});
