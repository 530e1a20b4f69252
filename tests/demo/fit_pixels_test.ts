import assert from "node:assert/strict";
import sharp from "sharp";
import type { Resize } from "../../lib/data/dataset.ts";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { isTurned } from "../../lib/demo/browser/orientation.ts";
import { fitPixels, type Format } from "../../lib/demo/browser/fit_pixels.ts";
import { randomGenerator } from "../../lib/random/generator.ts";

const stretch = (size: number): Resize => ({ mode: "stretch", size });
const crop = (size: number, shortestSide: number): Resize => ({ mode: "crop", size, shortestSide });

/** Noise on waves, which shows each rounding. */
function noise(width: number, height: number, channels: 3 | 4 = 3): Uint8Array<ArrayBuffer> {
  const generator = randomGenerator(5, "pixels");
  return Uint8Array.from({ length: width * height * channels }, (_, at) => {
    const value = generator.next() & 255;
    return value & 1 ? value : 128 + 127 * Math.sin(at / 97);
  });
}

function encode(width: number, height: number, format: "png" | "jpeg" | "webp"): Promise<Buffer> {
  const raw = { width, height, channels: 3 } as const;
  // Photographs have less noise: it would be lost in the file.
  return sharp(noise(width, height), { raw }).blur(format === "png" ? 0.3 : 3).toFormat(format)
    .toBuffer();
}

/** The largest and the mean difference of the bytes that the library and the page make of a file. */
async function compare(
  file: Buffer,
  fit: Resize,
  format: Format,
): Promise<{ largest: number; mean: number }> {
  const bytes = new Uint8Array(file);
  const expected = await decodeImage(bytes, fit);
  const actual = fitPixels({ ...await decodeImage(bytes), channels: 3 }, fit, {
    format,
    turned: (await sharp(bytes).metadata()).orientation === 6,
  });
  assert.deepEqual([actual.width, actual.height], [expected.width, expected.height]);
  const differences = Array.from(expected.data, (value, at) => Math.abs(value - actual.data[at]!));
  return {
    largest: differences.reduce((max, value) => Math.max(max, value)),
    mean: differences.reduce((sum, value) => sum + value) / differences.length,
  };
}

for (
  const [width, height, fit] of [
    [64, 64, stretch(32)],
    [100, 80, stretch(32)],
    [375, 500, stretch(224)],
    [333, 217, stretch(48)],
    [640, 480, stretch(32)],
    [33, 35, stretch(32)],
    [32, 32, stretch(32)],
    [20, 50, stretch(32)],
    [50, 20, stretch(32)],
    [10, 13, stretch(64)],
    [37, 32, stretch(64)],
    [333, 217, crop(48, 55)],
    [21, 40, crop(64, 73)],
  ] as const
) {
  const name = `${width} × ${height} px, ${fit.mode} to ${fit.size}`;
  Deno.test(`fitPixels() makes the bytes of decodeImage() of ${name}`, async () => {
    const file = await encode(width, height, "png");
    assert.equal((await compare(file, fit, "other")).largest, 0);
  });
}

Deno.test("fitPixels() makes the bytes of decodeImage() of a JPEG or WebP that is cropped", async () => {
  for (const [format, as] of [["jpeg", "JPEG"], ["webp", "WebP"]] as const) {
    const file = await encode(500, 375, format);
    assert.equal((await compare(file, crop(64, 73), as)).largest, 0);
  }
});

for (
  const [width, height, size] of [[227, 299, 32], [640, 480, 64], [224, 224, 32], [130, 150, 32]]
) {
  Deno.test(`fitPixels() comes close to decoders that reduce ${width} × ${height} px to ${size}`, async () => {
    for (const [format, as] of [["jpeg", "JPEG"], ["webp", "WebP"]] as const) {
      const file = await encode(width!, height!, format);
      const { largest, mean } = await compare(file, stretch(size!), as);
      assert.ok(mean < 1, `${format}: ${mean}`);
      assert.ok(largest < 12, `${format}: ${largest}`);
    }
  });
}

Deno.test("fitPixels() resizes the axes in the order of a file that is turned", async () => {
  for (const size of [31, 48, 65]) {
    const file = await sharp(await encode(95, 70, "jpeg")).withMetadata({ orientation: 6 })
      .toBuffer();
    assert.equal((await compare(file, stretch(size), "JPEG")).largest, 0);
    assert.equal((await compare(file, crop(size, size + 9), "JPEG")).largest, 0);
    assert.ok(isTurned(new Uint8Array(file)));
  }
  assert.ok(!isTurned(new Uint8Array(await encode(95, 70, "jpeg"))));
  const upsideDown = sharp(await encode(95, 70, "jpeg")).withMetadata({ orientation: 3 });
  assert.ok(!isTurned(new Uint8Array(await upsideDown.toBuffer())));
  assert.ok(!isTurned(Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0, 20, 0x45, 0x78, 0x69, 0x66, 0, 0)));
});

Deno.test("fitPixels() counts colors as much as they are opaque, as decodeImage() does", async () => {
  const [width, height] = [90, 70];
  const data = noise(width, height, 4);
  for (let at = 3; at < data.length; at += 4) data[at] = at % 8 === 3 ? 255 : data[at]! >> 1;
  const file = await sharp(data, { raw: { width, height, channels: 4 } }).png().toBuffer();
  const expected = await decodeImage(new Uint8Array(file), stretch(32));
  const actual = fitPixels({ width, height, channels: 4, data }, stretch(32), {
    ...{ format: "other", turned: false } as const,
  });
  const differences = expected.data.map((value, at) => Math.abs(value - actual.data[at]!));
  assert.equal(actual.data.length, expected.data.length);
  assert.ok(Math.max(...differences) <= 2, `${Math.max(...differences)}`);
});
