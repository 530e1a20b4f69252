import assert from "node:assert/strict";
import type { Image } from "../../../lib/data/dataset.ts";
import { addLegend } from "../../../lib/figures/gallery/add_legend.ts";
import { drawExplanation } from "../../../lib/figures/gallery/draw_explanation.ts";

const black = { width: 300, height: 200, data: new Uint8Array(300 * 200 * 3) };

/** What is below the image. */
async function legend(name: string): Promise<Image> {
  const grid = { label: 1, width: 2, height: 1, channels: 1, values: Float32Array.of(0, 2.5) };
  const classes = ["titi", name].map((name) => ({ id: name, name }));
  const explained = { label: 1, classes, grids: new Map([["grad-cam" as const, grid]]) };
  const drawn = drawExplanation(black, explained, "grad-cam");
  const { width, height, data } = await addLegend(drawn);
  assert.deepEqual(data.subarray(0, drawn.image.data.length), drawn.image.data);
  assert.equal(data.length, width * height * 3);
  return { width, height: height - 200, data: data.slice(black.data.length) };
}

/** The columns of a legend's rows in which a pixel is not white. */
function inked({ width, data }: Image, from: number, to: number): number[] {
  const columns = Array.from({ length: width }, (_, column) => column);
  return columns.filter((column) => {
    for (let row = from; row < to; row++) {
      const at = (row * width + column) * 3;
      if (data.subarray(at, at + 3).some((value) => value < 250)) return true;
    }
    return false;
  });
}

Deno.test("addLegend() writes method and class below the explanation, and the scale below them", async () => {
  const [bison, longer] = [await legend("bison"), await legend("bison bonasus")];
  assert.deepEqual([bison.width, bison.height], [300, 60]);
  const [first, other] = [bison, longer].map((image) => inked(image, 8, 29));
  assert.ok(first!.length > 60, "a line of text");
  assert.ok(other!.at(-1)! > first!.at(-1)! + 40, "a longer name takes more space");
  // The scales are the same, and reach from the left edge to the right one.
  const scales = [bison, longer].map(({ data }) => data.subarray(30 * 300 * 3));
  assert.deepEqual(scales[0], scales[1]);
  const scale = inked(bison, 30, 60);
  assert.ok(scale[0]! < 20 && scale.at(-1)! > 280 && scale.at(-1)! < 296, `${scale}`);
});

Deno.test("addLegend() shortens names that are too long, so that classes stay apart", async () => {
  const long = "Cherry, including the sour cherries that grow in gardens";
  const image = await legend(long);
  const columns = inked(image, 8, 29);
  assert.ok(columns.at(-1)! > 200 && columns.at(-1)! < 296);
  // Markup in a name is text.
  assert.equal((await legend("<b>&")).height, 60);
});
