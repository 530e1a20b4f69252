import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { BrokenImageError } from "../../../lib/data/dataset.ts";
import { decodeImage, fitImage } from "../../../lib/data/images/decode.ts";
import { meanColour, sharedData, withSharedData } from "../support.ts";

const Manifest = z.array(z.object({
  path: z.string(),
  kind: z.string(),
  w: z.string(),
  h: z.string(),
  exif_orientation: z.string(),
  pil_status: z.string(),
  pil_mean_rgb: z.string(),
}));

async function manifest(set: string): Promise<z.infer<typeof Manifest>> {
  const text = await Deno.readTextFile(`${sharedData}/${set}/MANIFEST.csv`);
  return Manifest.parse(parse(text, { columns: true }));
}

withSharedData("decodeImage() agrees with Pillow on every odd file", async () => {
  for (const row of await manifest("ilsvrc-odd")) {
    const image = await decodeImage(`${sharedData}/ilsvrc-odd/${row.path}`);
    const turned = Number(row.exif_orientation) >= 5;
    const size = turned ? [row.h, row.w] : [row.w, row.h];
    assert.deepEqual([image.width, image.height], size.map(Number), row.kind);
    // Pillow clips 16-bit grey to white; the file beside it holds the same grey image in 8 bits.
    const expected = row.kind.startsWith("16-bit grayscale")
      ? [127.29, 127.29, 127.29]
      : row.pil_mean_rgb.split(" ").map(Number);
    meanColour(image).forEach((mean, channel) => {
      const difference = Math.abs(mean - (expected[channel] ?? NaN));
      assert.ok(difference < 1, `${row.path} (${row.kind}): off by ${difference}`);
    });
  }
});

withSharedData("decodeImage() names every broken file and why", async () => {
  for (const row of await manifest("ilsvrc-broken")) {
    const file = `${sharedData}/ilsvrc-broken/${row.path}`;
    if (row.pil_status === "ok") {
      // Damaged inside but whole: libjpeg reads it, for Pillow and for us.
      const expected = row.pil_mean_rgb.split(" ").map(Number);
      meanColour(await decodeImage(file)).forEach((mean, channel) =>
        assert.ok(Math.abs(mean - (expected[channel] ?? NaN)) < 1)
      );
      continue;
    }
    for (const fit of [undefined, { mode: "stretch", size: 64 } as const]) {
      await assert.rejects(decodeImage(file, fit), (error) => {
        assert.ok(error instanceof BrokenImageError, row.kind);
        assert.equal(error.path, file);
        assert.match(error.reason, /^[^\n]+$/);
        return true;
      });
    }
  }
});

withSharedData("decodeImage() applies EXIF orientation", async () => {
  const file = (number: number) =>
    `${sharedData}/ilsvrc-odd/ILSVRC/Data/CLS-LOC/train/n02483708/n02483708_900${number}.JPEG`;
  const upright = await decodeImage(file(1), { mode: "stretch", size: 32 });
  for (let orientation = 2; orientation <= 8; orientation++) {
    const turned = await decodeImage(file(orientation), { mode: "stretch", size: 32 });
    let difference = 0;
    upright.data.forEach((value, index) =>
      difference += Math.abs(value - (turned.data[index] ?? 0)) / upright.data.length
    );
    assert.ok(difference < 4, `orientation ${orientation} is off by ${difference}`);
  }
});

/** A PNG, red on its left half and blue on its right. */
async function redAndBlue(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const { default: sharp } = await import("sharp");
  const pixels = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    pixels[pixel * 3 + (pixel % width < width / 2 ? 0 : 2)] = 255;
  }
  return new Uint8Array(
    await sharp(pixels, { raw: { width, height, channels: 3 } }).png().toBuffer(),
  );
}

Deno.test("decodeImage() cuts a square out of the middle of a larger rescaled image", async () => {
  // An image of 80 × 40 px whose columns are brighter to the right: one level every pixel.
  const data = Uint8Array.from({ length: 80 * 40 * 3 }, (_, at) => Math.floor(at / 3) % 80);
  const fit = { mode: "crop", size: 20, shortestSide: 40 } as const;
  const cut = await fitImage({ width: 80, height: 40, data }, fit);
  assert.deepEqual([cut.width, cut.height], [20, 20]);
  assert.deepEqual([cut.data[0], cut.data[19 * 3]], [30, 49]);
  const reduced = await fitImage({ width: 80, height: 40, data }, {
    ...fit,
    size: 10,
    shortestSide: 20,
  });
  assert.deepEqual([reduced.width, reduced.height], [10, 10]);
  assert.ok(Math.abs((reduced.data[0] ?? 0) - 30.5) <= 1);
});

Deno.test("decodeImage() squashes without cropping, and crops the middle", async () => {
  const bytes = await redAndBlue(400, 100);
  const squashed = await decodeImage(bytes, { mode: "stretch", size: 40 });
  assert.deepEqual([squashed.width, squashed.height], [40, 40]);
  assert.deepEqual([...squashed.data.subarray(0, 3)], [255, 0, 0]);
  assert.deepEqual([...squashed.data.subarray(39 * 3, 40 * 3)], [0, 0, 255]);
  const cropped = await decodeImage(bytes, { mode: "crop", size: 40 });
  assert.deepEqual([cropped.width, cropped.height], [40, 40]);
  assert.deepEqual([...cropped.data.subarray(0, 3)], [255, 0, 0]);
});

Deno.test("decodeImage() keeps the aspect ratio in the shortest mode, up to 4", async () => {
  const shape = async (width: number, height: number) => {
    const image = await decodeImage(await redAndBlue(width, height), {
      mode: "shortest-side",
      size: 20,
    });
    return [image.width, image.height];
  };
  assert.deepEqual(await shape(90, 60), [30, 20]);
  assert.deepEqual(await shape(60, 90), [20, 30]);
  assert.deepEqual(await shape(900, 10), [80, 20]);
  assert.deepEqual(await shape(10, 900), [20, 80]);
});

Deno.test("decodeImage() says that a missing file is not there", async () => {
  await assert.rejects(decodeImage("nowhere/image.jpg"), /nowhere\/image\.jpg: .*not there/);
});

Deno.test("decodeImage() refuses headers that claim too many pixels", async () => {
  const gif = new Uint8Array(64);
  gif.set(new TextEncoder().encode("GIF89a"));
  gif.fill(0xff, 6, 10);
  const bitmap = new Uint8Array(64);
  bitmap.set(new TextEncoder().encode("BM"));
  new DataView(bitmap.buffer).setInt32(18, 60_000, true);
  new DataView(bitmap.buffer).setInt32(22, -60_000, true);
  for (const bytes of [gif, bitmap]) {
    await assert.rejects(decodeImage(bytes, undefined, "bomb"), { name: "BrokenImageError" });
  }
  await assert.rejects(decodeImage(bitmap), /too many pixels: 60000 × -60000/);
  // OS/2's header has its sides elsewhere.
  new DataView(bitmap.buffer).setUint32(14, 12, true);
  bitmap.fill(0xff, 18, 22);
  await assert.rejects(decodeImage(bitmap), /too many pixels: 65535 × 65535/);
  await assert.rejects(decodeImage(bitmap.subarray(0, 9)), { name: "BrokenImageError" });
});

Deno.test("decodeImage() opens no other formats, whatever a file's name says", async () => {
  const others = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>`,
    "P6 1 1 255 abc",
    "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>",
    "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\nabcd",
  ];
  for (const text of others) {
    const bytes = new TextEncoder().encode(text);
    await assert.rejects(decodeImage(bytes, undefined, "image.jpg"), {
      name: "BrokenImageError",
      message: /^image\.jpg: .*unsupported image format/i,
    });
  }
});
