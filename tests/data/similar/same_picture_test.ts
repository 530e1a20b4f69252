import assert from "node:assert/strict";
import sharp, { type Sharp } from "sharp";
import { decodeImage } from "../../../lib/data/images/decode.ts";
import { drawn10 } from "../../../lib/data/drawn10/mod.ts";
import { toGray } from "../../../lib/data/similar/gray.ts";
import { bitCount, maxDistance } from "../../../lib/data/similar/near_pairs.ts";
import { perceptualHash } from "../../../lib/data/similar/perceptual_hash.ts";
import { isSamePicture } from "../../../lib/data/similar/same_picture.ts";

const side = 160;
const { validation } = drawn10({ trainPerClass: 1, validationPerClass: 2 });

/** Drawings of all classes, as PNG. */
const drawings = await Promise.all(
  Array.from({ length: validation.length }, async (_, index) => {
    const { data } = await validation.image(index, { mode: "stretch", size: side });
    return await sharp(data, { raw: { width: side, height: side, channels: 3 } }).png().toBuffer();
  }),
);

/** What a file's copy may have gone through. */
const changes: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  "compressed": (picture) => picture.jpeg({ quality: 30 }),
  "in another format": (picture) => picture.webp({ quality: 50 }),
  "half as large": (picture) => picture.resize(side / 2).jpeg(),
  "twice as large": (picture) => picture.resize(2 * side).jpeg(),
  "in another aspect ratio": (picture) => picture.resize(side, side / 2, { fit: "fill" }).jpeg(),
  // Without clipping, which takes details of bright pictures away.
  "brighter": (picture) => picture.linear(0.8, 51).jpeg(),
  "darker": (picture) => picture.linear(0.7, 0).jpeg(),
  "without color": (picture) => picture.grayscale().jpeg(),
  "cropped by 2 % at each side": (picture) =>
    picture.extract({ left: 3, top: 3, width: side - 6, height: side - 6 }).jpeg(),
};

async function grayOf(bytes: Uint8Array): Promise<Uint8Array> {
  return toGray(await decodeImage(new Uint8Array(bytes), { mode: "stretch", size: 32 }));
}

function distance(one: Uint8Array, other: Uint8Array): number {
  const [a, b] = [perceptualHash(one), perceptualHash(other)];
  return bitCount(a[0] ^ b[0]) + bitCount(a[1] ^ b[1]);
}

for (const [name, change] of Object.entries(changes)) {
  Deno.test(`a picture ${name} has a close hash, and is the same`, async () => {
    for (const drawing of drawings) {
      const copy = await change(sharp(drawing)).toBuffer();
      const [one, other] = [await grayOf(drawing), await grayOf(copy)];
      assert.ok(distance(one, other) <= maxDistance, `${distance(one, other)} bits`);
      assert.ok(isSamePicture(one, other));
    }
  });
}

Deno.test("different pictures are not the same, nor is a negative or a mirrored one", async () => {
  const grays = await Promise.all(drawings.map(grayOf));
  for (const [at, gray] of grays.entries()) {
    for (const other of grays.slice(at + 1)) assert.ok(!isSamePicture(gray, other));
    const [drawing] = drawings.slice(at);
    for (const changed of [sharp(drawing).negate(), sharp(drawing).flop()]) {
      assert.ok(!isSamePicture(gray, await grayOf(await changed.png().toBuffer())));
    }
  }
});

Deno.test("pictures with the same light and other details are not the same", () => {
  // A bright left half; in one a spot above, in the other a spot below.
  const scene = (row: number): Uint8Array =>
    Uint8Array.from({ length: 1024 }, (_, at) => {
      const [x, y] = [at % 32, Math.floor(at / 32)];
      return Math.abs(x - 22) < 2 && Math.abs(y - row) < 2 ? 220 : x < 16 ? 200 : 60;
    });
  assert.ok(isSamePicture(scene(8), scene(8)));
  assert.ok(!isSamePicture(scene(8), scene(22)));
});

Deno.test("perceptualHash() does not depend on brightness and contrast", async () => {
  const gray = await grayOf(drawings[0]!);
  const darker = gray.map((value) => Math.round(value / 2) + 20);
  assert.ok(distance(gray, darker) <= 2);
});
