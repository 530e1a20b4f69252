import assert from "node:assert/strict";
import { drawGrid, overlayHeat } from "../../../lib/figures/gallery/heat.ts";
import { contrast } from "../../../lib/figures/plotly/color.ts";
import { heat } from "../../../lib/figures/plotly/style.ts";

function grayImage(
  width: number,
  height: number,
): { width: number; height: number; data: Uint8Array<ArrayBuffer> } {
  return { width, height, data: new Uint8Array(width * height * 3).fill(100) };
}

/** The red, green and blue of every pixel. */
function pixels({ data }: { data: Uint8Array }): number[][] {
  return Array.from({ length: data.length / 3 }, (_, at) => [...data.subarray(at * 3, at * 3 + 3)]);
}

const photograph = {
  width: 4,
  height: 1,
  data: Uint8Array.of(255, 0, 0, 9, 99, 199, 100, 100, 100, 3, 2, 1),
};

Deno.test("overlayHeat() leaves the image unchanged where the grid is 0, and grows more opaque with it", () => {
  const values = Float32Array.of(0, -1, 0.5, 1);
  const shown = pixels(overlayHeat(photograph, { width: 4, height: 1, channels: 1, values }));
  // Evidence against the class is no evidence for it.
  assert.deepEqual(shown.slice(0, 2), pixels(photograph).slice(0, 2));
  // 40 % of the color midway between #d43d2f and #ef7f45, and 80 % of #ffd166.
  assert.deepEqual(shown[2], [150, 98, 83]);
  assert.deepEqual(shown[3], [205, 168, 82]);
});

Deno.test("overlayHeat() draws both signs on a diverging scale, for the class in red and against it in blue", () => {
  const values = Float32Array.of(0, 2, -1, 0);
  const grid = { width: 4, height: 1, channels: 1, values };
  const [none, favor, against, zero] = pixels(
    overlayHeat(grayImage(4, 1), grid, { diverging: true }),
  );
  assert.deepEqual([none, zero], [[100, 100, 100], [100, 100, 100]]);
  // 80 % of #d43d2f, and 40 % of #1f6fb5.
  assert.deepEqual(favor, [190, 69, 58]);
  assert.deepEqual(against, [72, 104, 132]);
});

Deno.test("overlayHeat() resizes the grid to the image, and shows the image alone for a grid of zeros", () => {
  const flat = { width: 1, height: 1, channels: 1, values: Float32Array.of(0) };
  for (const diverging of [false, true]) {
    assert.deepEqual(overlayHeat(photograph, flat, { diverging }), photograph);
  }
  const half = { width: 2, height: 1, channels: 1, values: Float32Array.of(0, 1) };
  const [first, , , last] = pixels(overlayHeat(grayImage(4, 1), half));
  assert.deepEqual(first, [100, 100, 100]);
  assert.notDeepEqual(last, first);
});

Deno.test("the heat colors grow lighter from start to end", () => {
  const light = heat.map((color) => contrast(color, "#000000"));
  assert.deepEqual(light, light.toSorted((a, b) => a - b));
  assert.ok(light.at(-1)! / light[0]! > 8, "the ends are too alike");
});

Deno.test("drawGrid() draws one channel as heat, three as colors around gray, cells as squares", () => {
  const one = drawGrid({ width: 2, height: 1, channels: 1, values: Float32Array.of(-3, 2) }, 2);
  assert.deepEqual([one.width, one.height], [4, 2]);
  const [dark, warm] = [[0x4b, 0x12, 0x38], [0xff, 0xd1, 0x66]];
  assert.deepEqual(pixels(one), [dark, dark, warm, warm, dark, dark, warm, warm]);
  const three = { width: 1, height: 1, channels: 3, values: Float32Array.of(-1, 0, 0.5) };
  assert.deepEqual(pixels(drawGrid(three)), [[0, 128, 191]]);
  const zeros = { width: 1, height: 1, channels: 3, values: new Float32Array(3) };
  assert.deepEqual(pixels(drawGrid(zeros)), [[128, 128, 128]]);
});
