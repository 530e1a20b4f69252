import assert from "node:assert/strict";
import { z } from "zod";
import { affineMap, type Distortion, drawDistortion } from "../../../lib/data/augment/affine.ts";
import { articleAugmentation } from "../../../lib/data/augment/augmentation.ts";
import { warp } from "../../../lib/data/augment/warp.ts";
import { randomStream } from "../../../lib/random/stream.ts";
import { batchOf, largestDifference } from "./support.ts";

const Golden = z.object({
  side: z.number(),
  moments: z.record(z.string(), z.tuple([z.number(), z.number(), z.number(), z.number()])),
  cases: z.array(z.object({
    parameters: z.object({
      theta: z.number().default(0),
      tx: z.number().default(0),
      ty: z.number().default(0),
      shear: z.number().default(0),
      zx: z.number().default(1),
      zy: z.number().default(1),
      flip_horizontal: z.boolean().default(false),
    }),
    result: z.string().transform((hundredths) =>
      hundredths.split(" ").map((value) => Number(value) / 100)
    ),
  })),
});

async function golden(): Promise<z.infer<typeof Golden>> {
  const file = new URL("../golden/keras_affine.json", import.meta.url);
  return Golden.parse(JSON.parse(await Deno.readTextFile(file)));
}

const identity: Distortion = {
  rotation: 0,
  shiftX: 0,
  shiftY: 0,
  shear: 0,
  zoomX: 1,
  zoomY: 1,
  flip: false,
};

Deno.test("drawDistortion() draws as ImageDataGenerator.get_random_transform does", async () => {
  const random = randomStream(11);
  const draws = Array.from(
    { length: 20_000 },
    () => drawDistortion(articleAugmentation, 224, random),
  );
  const names = {
    theta: "rotation",
    tx: "shiftX",
    ty: "shiftY",
    shear: "shear",
    zx: "zoomX",
    zy: "zoomY",
  } as const;
  const { moments } = await golden();
  for (const [kerasName, name] of Object.entries(names)) {
    const values = draws.map((draw) => draw[name]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / values.length);
    const [kerasMean = NaN, kerasDeviation = NaN, low = NaN, high = NaN] = moments[kerasName] ?? [];
    assert.ok(Math.abs(mean - kerasMean) < 0.05 * kerasDeviation, `${name}'s mean: ${mean}`);
    assert.ok(Math.abs(deviation / kerasDeviation - 1) < 0.02, `${name} deviates by ${deviation}`);
    const tolerance = 0.01 * (high - low);
    assert.ok(Math.abs(Math.min(...values) - low) < tolerance, `${name}'s lowest`);
    assert.ok(Math.abs(Math.max(...values) - high) < tolerance, `${name}'s highest`);
  }
  assert.ok(draws.every(({ flip }) => !flip));
});

Deno.test("affineMap() and warp() give Keras's images for Keras's parameters", async () => {
  const { side, cases } = await golden();
  const { pixels } = batchOf(
    1,
    side,
    (_, row, column, channel) => (row * 37 + column * 91 + channel * 53 + row * column * 7) % 256,
  );
  for (const { parameters, result } of cases) {
    const { theta, tx, ty, shear, zx, zy, flip_horizontal } = parameters;
    const map = affineMap({
      rotation: theta,
      // Keras's "height shift", tx, moves along the row, and ty down the column.
      shiftX: tx,
      shiftY: ty,
      shear,
      zoomX: zx,
      zoomY: zy,
      flip: flip_horizontal,
    }, side);
    const warped = new Uint8Array(pixels.length);
    warp(pixels, warped, side, map);
    // Keras keeps fractions; here pixels are rounded, and positions are rounded to 1/16384 of a pixel.
    const difference = largestDifference(warped, result);
    assert.ok(difference < 0.55, `${JSON.stringify(parameters)} is off by ${difference}`);
  }
});

Deno.test("affineMap() is the identity without a distortion, and mirrors with flip", () => {
  const values = (flip: boolean): number[] => {
    const { xx, xy, x0, yx, yy, y0 } = affineMap({ ...identity, flip }, 10);
    return [xx, xy, x0, yx, yy, y0];
  };
  assert.ok(largestDifference(values(false), [1, 0, 0, 0, 1, 0]) < 1e-12);
  assert.ok(largestDifference(values(true), [-1, 0, 9, 0, 1, 0]) < 1e-12);
});
