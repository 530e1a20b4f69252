import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import sharp from "sharp";
import type { Image, Split } from "../../../lib/data/dataset.ts";
import { decodeImage } from "../../../lib/data/images/decode.ts";
import { prepareImages } from "../../../lib/data/pipeline/prepared_split.ts";
import { sampleImage } from "../images/damaged_jpegs.ts";

const side = 32;

function splitOf(files: readonly (Uint8Array<ArrayBuffer> | Image)[]): Split {
  return {
    length: files.length,
    labels: new Uint16Array(files.length),
    path: (index) => `${index}.png`,
    image: async (index, resize) => {
      const file = files[index]!;
      return file instanceof Uint8Array ? await decodeImage(file, resize) : file;
    },
  };
}

async function warningsOf(
  files: readonly (Uint8Array<ArrayBuffer> | Image)[],
  size = side,
): Promise<readonly string[]> {
  await using prepared = await prepareImages(splitOf(files), { mode: "stretch", size });
  return prepared.warnings;
}

/** A gray PNG of 16 bits with values from 0 to `largest`, by default a gradient. */
async function deepPng(
  largest: number,
  share = (at: number): number => at / (side * side - 1),
): Promise<Uint8Array<ArrayBuffer>> {
  const values = Uint16Array.from({ length: side * side }, (_, at) => largest * share(at));
  const raw = { width: side, height: side, channels: 1 } as const;
  return new Uint8Array(
    await sharp(values, { raw }).toColorspace("grey16").png().toBuffer(),
  );
}

/** A gray TIFF of 32-bit floating-point numbers with a gradient from 0 to `largest`. */
function floatTiff(largest: number): Uint8Array<ArrayBuffer> {
  const values = Float32Array.from(
    { length: side * side },
    (_, at) => largest * at / (side * side - 1),
  );
  const entries = [
    ...[[256, side], [257, side], [258, 32], [259, 1], [262, 1], [273, 8], [277, 1]],
    ...[[278, side], [279, values.byteLength], [339, 3]],
  ];
  const head = Buffer.from("II*\0\0\0\0\0", "latin1");
  head.writeUInt32LE(8 + values.byteLength, 4);
  const directory = Buffer.alloc(2 + 12 * entries.length + 4);
  directory.writeUInt16LE(entries.length);
  entries.forEach(([tag, value], index) => {
    const at = 2 + 12 * index;
    directory.writeUInt16LE(tag!, at);
    directory.writeUInt16LE(4, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.writeUInt32LE(value!, at + 8);
  });
  return new Uint8Array(Buffer.concat([head, Buffer.from(values.buffer), directory]));
}

function plain(...color: readonly number[]): Image {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => color[at % 3]!);
  return { width: side, height: side, data };
}

async function photograph(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await sampleImage().jpeg().toBuffer());
}

Deno.test("prepareImages() warns of 16-bit images whose values end at 4095", async () => {
  const usual = await photograph();
  const deep = await deepPng(4095);
  assert.deepEqual(await warningsOf([usual, deep, deep, deep, deep]), [
    "4 images of 16 bits are dark, since their values take only 12: 1.png, 2.png, 3.png, …",
  ]);
  assert.deepEqual(await warningsOf([await deepPng(16383)]), [
    "1 image of 16 bits is dark, since their values take only 14: 0.png",
  ]);
  // Resizing an edge gives larger values, but not another number of bits.
  const edge = await deepPng(4095, (at) => at % side < side / 2 ? 0 : 1);
  assert.deepEqual(await warningsOf([edge], 20), [
    "1 image of 16 bits is dark, since their values take only 12: 0.png",
  ]);
  // One bright image shows that the dark ones are not of 12 bits.
  assert.deepEqual(await warningsOf([usual, await deepPng(65535), deep]), [
    "1 image of 3 is of (nearly) one color: 2.png",
  ]);
  assert.deepEqual(await warningsOf([await deepPng(65535), await deepPng(20000)]), []);
});

Deno.test("prepareImages() warns of images of numbers from 0 to 1", async () => {
  assert.deepEqual(await warningsOf([floatTiff(1), floatTiff(0.5)]), [
    "2 images of floating-point numbers are black: 255 is white, and they end at 1: 0.png, 1.png",
  ]);
  assert.deepEqual(await warningsOf([floatTiff(255)]), []);
});

Deno.test("prepareImages() warns of images of nearly one color", async () => {
  const nearly = plain(20, 200, 20);
  nearly.data[5] = 36;
  const hardly = plain(20, 200, 20);
  hardly.data[5] = 37;
  assert.deepEqual(await warningsOf([plain(0, 0, 0), nearly, hardly, await photograph()]), [
    "2 images of 4 are of (nearly) one color: 0.png, 1.png",
  ]);
  assert.deepEqual(await warningsOf([hardly, await photograph()]), []);
});
