import assert from "node:assert/strict";
import { warp } from "../../../lib/data/augment/warp.ts";
import { randomStream } from "../../../lib/random/stream.ts";
import { compileWarp, warpBinary } from "./compile_warp.ts";

Deno.test("warp.wasm is the compiled warp.wat", async () => {
  const advice = "run tests/data/augment/compile_warp.ts";
  assert.deepEqual(await Deno.readFile(warpBinary), await compileWarp(), advice);
});

Deno.test("warp() agrees with plain bilinear interpolation, also far outside the image", () => {
  const random = randomStream("warp");
  for (const size of [1, 2, 5, 33]) {
    const image = Uint8Array.from({ length: size * size * 3 }, () => random.integer(0, 255));
    const at = (x: number, y: number, channel: number): number =>
      image[(Math.min(y, size - 1) * size + Math.min(x, size - 1)) * 3 + channel] ?? NaN;
    const place = (value: number): [number, number] => {
      const inside = Math.min(Math.max(value, 0), size - 1);
      return [Math.floor(inside), inside % 1];
    };
    for (let trial = 0; trial < 20; trial++) {
      const [xx, xy, yx, yy] = [0, 0, 0, 0].map(() => random.uniform(-2, 2));
      const map = { xx: xx ?? 0, xy: xy ?? 0, yx: yx ?? 0, yy: yy ?? 0 };
      const [x0, y0] = [random.uniform(-size, size), random.uniform(-size, size)];
      const result = new Uint8Array(image.length);
      warp(image, result, size, { ...map, x0, y0 });
      result.forEach((value, index) => {
        const [column, row] = [Math.floor(index / 3) % size, Math.floor(index / 3 / size)];
        const [left, right] = place(map.xx * column + map.xy * row + x0);
        const [top, down] = place(map.yx * column + map.yy * row + y0);
        const between = (y: number): number =>
          at(left, y, index % 3) * (1 - right) + at(left + 1, y, index % 3) * right;
        const expected = between(top) * (1 - down) + between(top + 1) * down;
        assert.ok(Math.abs(value - expected) < 0.8, `${size}: ${value} is not ${expected}`);
      });
    }
  }
});

Deno.test("warp() can overwrite the image itself, and writes nothing around it", () => {
  const bytes = Uint8Array.from({ length: 14 }, (_, index) => index);
  const image = bytes.subarray(1, 13);
  warp(image, image, 2, { xx: -1, xy: 0, x0: 1, yx: 0, yy: 1, y0: 0 });
  assert.deepEqual([...bytes], [0, 4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9, 13]);
});

Deno.test("warp() rejects sizes that its fixed-point numbers cannot represent", () => {
  const map = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
  assert.throws(() => warp(new Uint8Array(0), new Uint8Array(0), 5000, map), /Received: 5000/);
});
