import assert from "node:assert/strict";
import { layerCostsFigure } from "../../../lib/figures/charts/layer_costs.ts";
import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";

const figure = layerCostsFigure(countVGG({ configuration: "D" }));
const texts = (figure.layout.annotations ?? []).map(({ text }) => text);

Deno.test("layerCostsFigure() draws VGG16 as in the snapshot", () =>
  assertSnapshot("layer_costs", figure));

/** 25,088 · 4,096 + 4,096 of 138,357,544 parameters; 224² · 9 · 64² of 15,470,264,320 products. */
Deno.test("layerCostsFigure() gives the shares of fc1 and of the second convolution", () => {
  assert.ok(texts.includes("74.3\u00a0%"), "fc1's parameters");
  assert.ok(texts.filter((text) => text === "12.0\u00a0%").length >= 1, "block1_conv2's products");
  assert.ok(texts.some((text) => text?.includes("138.4\u00a0M")), "the sum of parameters");
});

Deno.test("layerCostsFigure() has a bar for each convolution, pooling and fully connected layer", () => {
  const [first] = figure.data;
  assert.ok(first && "x" in first && Array.isArray(first.x));
  assert.equal(first.x.length, 13 + 5 + 3);
});

Deno.test("layerCostsFigure() draws the small head and batch normalization", () => {
  assertNumbers(layerCostsFigure(countVGG({ configuration: "A", head: "small", batchNorm: true })));
});
