import assert from "node:assert/strict";
import type { ExplainedImage } from "../../../lib/explain/explain_images.ts";
import { explanationTiles } from "../../../lib/figures/gallery/explanation_tiles.ts";
import { explanationsFigure } from "../../../lib/figures/gallery/explanations.ts";
import { tinySet } from "../../training/tiny_set.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";
import { withoutImages } from "../without_images.ts";

const explained: ExplainedImage = {
  label: 1,
  grids: new Map([
    ["grad-cam", {
      label: 1,
      width: 2,
      height: 2,
      channels: 1,
      values: Float32Array.of(0, 1, 2, 3),
    }],
    ["guided-grad-cam", {
      label: 1,
      width: 1,
      height: 1,
      channels: 3,
      values: new Float32Array(3),
    }],
  ]),
};
const image = await tinySet.validation.image(0, { mode: "stretch", size: 40 });

Deno.test("explanationTiles() draws each explanation in the size of its image", async () => {
  const tiles = await explanationTiles(image, explained, "bluish");
  assert.deepEqual(
    tiles.map(({ width, height, captions }) => [
      width,
      height,
      ...captions.map(({ label = "", text }) => label + text),
    ]),
    [[40, 40, "bluish"], [40, 40, "Grad-CAM"], [40, 40, "Guided Grad-CAM"]],
  );
  assert.equal(new Set(tiles.map(({ image }) => image)).size, 3);
});

Deno.test("explanationsFigure() draws two images with the key to the colors as in the snapshot", async () => {
  const row = await explanationTiles(image, explained, { text: "bluish", end: " (83\u00a0%)" });
  const figure = explanationsFigure([row, row], { subtitle: "A tiny net" });
  assertNumbers(figure);
  await assertSnapshot("explanations", withoutImages(figure));
});

Deno.test("explanationsFigure() rejects rows of different lengths", async () => {
  const row = await explanationTiles(image, explained, "bluish");
  assert.throws(() => explanationsFigure([row, row.slice(1)]), /must have 3 tiles.* Received: 2/);
  assert.throws(() => explanationsFigure([]), /one image or more. Received: none/);
});
