import assert from "node:assert/strict";
import type { Grid } from "../../../lib/explain/grid.ts";
import { patchesFigure } from "../../../lib/figures/charts/patches.ts";
import { featureMapsFigure } from "../../../lib/figures/gallery/feature_maps.ts";
import { firstFiltersFigure } from "../../../lib/figures/gallery/first_filters.ts";
import { tinySet } from "../../training/tiny_set.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";
import { withoutImages } from "../without_images.ts";

/** Grids with different values. */
function grids(count: number, side: number, channels: number): Grid[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ width: side, height: side, channels },
    values: Float32Array.from({ length: side * side * channels }, (_, at) => Math.sin(index + at)),
  }));
}

Deno.test("firstFiltersFigure() draws the filters side by side as in the snapshot", async () => {
  const figure = await firstFiltersFigure(grids(5, 3, 3));
  assertNumbers(figure);
  await assertSnapshot("first_filters", withoutImages(figure));
});

Deno.test("featureMapsFigure() draws maps with channel numbers and largest values as in the snapshot", async () => {
  const figure = await featureMapsFigure(grids(3, 8, 1), { subtitle: "block1_conv1" });
  assertNumbers(figure);
  await assertSnapshot("feature_maps", withoutImages(figure));
});

Deno.test("featureMapsFigure() draws at most 64 maps, and says so", async () => {
  const { layout } = await featureMapsFigure(grids(70, 4, 1));
  assert.equal(layout.images?.length, 64);
  assert.match(JSON.stringify(layout.title), /The first 64 of 70/);
});

Deno.test("patchesFigure() draws a row per channel as in the snapshot", async () => {
  const image = await tinySet.validation.image(0, { mode: "stretch", size: 8 });
  const patch = { sample: 0, left: 0, top: 0, activation: 3.456, image };
  const figure = await patchesFigure([
    { channel: 4, patches: [patch, { ...patch, activation: 2 }] },
    { channel: 7, patches: [patch, patch] },
  ]);
  assertNumbers(figure);
  await assertSnapshot("patches", withoutImages(figure));
});

Deno.test("figures of grids reject an empty list", async () => {
  await assert.rejects(firstFiltersFigure([]), /one image or more. Received: none/);
  await assert.rejects(featureMapsFigure([]), /one image or more. Received: none/);
  await assert.rejects(patchesFigure([]), /one image or more. Received: none/);
});
