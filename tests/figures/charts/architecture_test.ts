import assert from "node:assert/strict";
import { architectureFigure } from "../../../lib/figures/charts/architecture.ts";
import { drawNetwork } from "../../../lib/figures/charts/network_drawing.ts";
import { colors } from "../../../lib/figures/plotly/style.ts";
import { assertSnapshot } from "../snapshot.ts";

const vgg16 = drawNetwork({ configuration: "D" }), vgg19 = drawNetwork({ configuration: "E" });

Deno.test("architectureFigure() draws VGG16 and VGG19 as in the snapshot", () =>
  assertSnapshot("architecture", architectureFigure([vgg16, vgg19])));

Deno.test("architectureFigure() highlights the three layers that VGG19 adds to VGG16", () => {
  const highlighted = (networks: typeof vgg16[]): number =>
    (architectureFigure(networks).layout.shapes ?? [])
      .filter(({ fillcolor }) => fillcolor === colors.highlight).length;
  assert.equal(highlighted([vgg16, vgg19]), 3);
  assert.equal(highlighted([vgg19, vgg16]), 0);
  assert.equal(highlighted([vgg19]), 0);
});

Deno.test("drawNetwork() gives the paper's sizes and parameters of D", () => {
  assert.equal(vgg16.name, "VGG16");
  assert.match(vgg16.detail, /configuration D · 138\.4.M parameters · 15\.5.G multiply-adds/);
  assert.deepEqual(vgg16.blocks.map(({ layers }) => layers.length), [1, 3, 3, 4, 4, 4, 3]);
  assert.equal(vgg16.blocks[5]!.notes[0], "14 × 14 × 512");
});

Deno.test("drawNetwork() draws 1 × 1 convolutions, normalization and the small head", () => {
  const labels = (options: Parameters<typeof drawNetwork>[0]): string[] =>
    drawNetwork(options).blocks.flatMap(({ layers }) => layers.map(({ label }) => label));
  assert.equal(
    labels({ configuration: "C" }).filter((label) => label.startsWith("1 × 1")).length,
    3,
  );
  assert.ok(labels({ configuration: "A-LRN" }).includes("response normalization"));
  const small = labels({ configuration: "A", head: "small", classes: 10, batchNorm: true });
  assert.deepEqual(small.slice(-2), ["average of all places", "fully connected, 10"]);
});

Deno.test("architectureFigure() rejects an empty list", () => {
  assert.throws(() => architectureFigure([]), /one network or more. Received: none/);
});
