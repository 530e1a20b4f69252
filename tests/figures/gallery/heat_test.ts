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

Deno.test("overlayHeat() draws zeros gray, positive values dark red to yellow, negative ones blue", () => {
  const values = Float32Array.of(0, 0.5, 1, -1);
  const [zero, half, full, below] = pixels(
    overlayHeat(grayImage(4, 1), { width: 4, height: 1, channels: 1, values }),
  );
  assert.deepEqual(zero, [100, 100, 100]);
  // 70 % of #ffd166, and 35 % of the color midway between #d43d2f and #ef7f45.
  assert.deepEqual(full, [208, 176, 101]);
  assert.deepEqual(half, [144, 98, 85]);
  assert.deepEqual(below, [52, 108, 157]);
});

Deno.test("overlayHeat() resizes the grid to the image and desaturates the image", () => {
  const image = {
    width: 2,
    height: 2,
    data: Uint8Array.of(255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0),
  };
  const flat = { width: 1, height: 1, channels: 1, values: Float32Array.of(0) };
  const shown = overlayHeat(image, flat);
  assert.deepEqual([shown.width, shown.height], [2, 2]);
  assert.deepEqual(pixels(shown), [[130, 53, 53], [130, 53, 53], [0, 0, 0], [0, 0, 0]]);
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
