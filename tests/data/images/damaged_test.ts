import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { BrokenImageError, type Resize } from "../../../lib/data/dataset.ts";
import { decodeImage } from "../../../lib/data/images/decode.ts";
import { meanColor } from "../support.ts";
import { bitmapOf } from "./bitmaps.ts";
import { damagedJpegs, sampleImage } from "./damaged_jpegs.ts";
import { tallPictures } from "./tall_pictures.ts";

/** Every way of decoding, since some do not come to the last row. */
const fits: readonly (Resize | undefined)[] = [
  undefined,
  { mode: "stretch", size: 24 },
  { mode: "crop", size: 16 },
  { mode: "shortest-side", size: 20 },
];

/** The reasons for which a file is broken in all ways of decoding, or `undefined` if it is read in all. */
async function reasonFor(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<string | undefined> {
  const reasons = await Promise.all(fits.map(async (fit) => {
    try {
      await decodeImage(bytes, fit, name);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof BrokenImageError, `${name}: ${error}`);
      return error.reason;
    }
  }));
  assert.equal(new Set(reasons).size, 1, `${name}: ${reasons}`);
  return reasons[0];
}

/** Words of the decoders, which tell a user nothing. */
const decoderWords = /vips|buffer|libpng|source:|failOn|extraneous|marker|SOI/i;

Deno.test("decodeImage() reads damaged JPEGs that Pillow and TensorFlow read, and no others", async () => {
  for (const { name, bytes, isRead } of await damagedJpegs()) {
    const reason = await reasonFor(bytes, "image.jpg");
    assert.equal(reason === undefined, isRead, `${name}: ${reason ?? "is read"}`);
    assert.doesNotMatch(reason ?? "", decoderWords, name);
  }
});

Deno.test("decodeImage() reads the same pixels in spite of bytes between the parts of a JPEG", async () => {
  const files = await damagedJpegs();
  for (const kind of ["baseline", "progressive", "gray", "CMYK"]) {
    const same = ["JFIF version 0.0", "4 zeros before the first table", "245 zeros before the end"];
    const [whole, ...others] = await Promise.all(
      ["nothing", ...same].map((edit) =>
        decodeImage(files.find(({ name }) => name === `${kind}: ${edit}`)!.bytes)
      ),
    );
    for (const other of others) assert.deepEqual(other.data, whole!.data);
  }
});

Deno.test("decodeImage() says of cut files of every format that they are cut off", async () => {
  for (const [name, file] of Object.entries(await tallPictures())) {
    assert.equal(await reasonFor(new Uint8Array(file), name), undefined, name);
    for (const part of [0.3, 0.5, 0.75, 0.9, 0.99]) {
      const bytes = new Uint8Array(file.subarray(0, file.length * part));
      assert.equal(await reasonFor(bytes, name), "the file is cut off", `${part} of ${name}`);
    }
    for (const count of [2, 4, 12]) {
      const bytes = new Uint8Array(file.subarray(0, -count));
      assert.equal(await reasonFor(bytes, name), "the file is cut off", `${name} without ${count}`);
    }
  }
});

Deno.test("decodeImage() refuses a bitmap whose header claims no bits for its missing pixels", async () => {
  const bitmap = new Uint8Array(await bitmapOf(sampleImage(40, 96)));
  assert.equal(await reasonFor(bitmap, "image.bmp"), undefined);
  for (const part of [0.1, 0.5, 0.9]) {
    const cut = bitmap.slice(0, bitmap.length * part);
    assert.equal(await reasonFor(cut, "image.bmp"), "the file is cut off");
    for (const bits of [0, 3]) {
      new DataView(cut.buffer).setUint16(28, bits, true);
      assert.equal(await reasonFor(cut, "image.bmp"), "its data is damaged");
    }
  }
});

Deno.test("decodeImage() ignores bytes behind the end of every format", async () => {
  for (const [name, file] of Object.entries(await tallPictures())) {
    const expected = meanColor(await decodeImage(new Uint8Array(file)));
    for (const more of [Buffer.alloc(5000), Buffer.from("<!-- served -->\n"), file]) {
      const bytes = new Uint8Array(Buffer.concat([file, more]));
      assert.deepEqual(meanColor(await decodeImage(bytes)), expected, name);
    }
  }
});

Deno.test("decodeImage() finds faults below the part of a PNG that it crops", async () => {
  const png = await sampleImage(40, 96).png().toBuffer();
  const flipped = new Uint8Array(png);
  flipped[Math.floor(png.length * 0.9)]! ^= 16;
  assert.equal(await reasonFor(flipped, "image.png"), "its PNG data is damaged");
});

Deno.test("decodeImage() reads a GIF without a trailer, whose frame is complete", async () => {
  const gif = await sampleImage().gif().toBuffer();
  const image = await decodeImage(new Uint8Array(gif));
  assert.deepEqual((await decodeImage(new Uint8Array(gif.subarray(0, -1)))).data, image.data);
});

Deno.test("decodeImage() says what a file is that is no picture of a decoded kind", async () => {
  const heic = Buffer.concat([
    Buffer.from("\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf"),
    Buffer.alloc(99),
  ]);
  const jxl = Buffer.from("\0\0\0\x0cJXL \r\n\x87\n", "latin1");
  const cases: readonly (readonly [string | Buffer, string])[] = [
    ["", "it is empty"],
    ["\0".repeat(5000), "it holds nothing but zeros"],
    [heic, "it is a HEIC picture named .jpg"],
    [jxl, "it is a JPEG XL picture named .jpg"],
    ["8BPS\0\x01", "it is a Photoshop picture named .jpg"],
    ["\n<!DOCTYPE html>\n<html></html>", "it is an HTML page"],
    ["\ufeff<html><body>404</body></html>", "it is an HTML page"],
    [`<?xml version="1.0"?>\n<!-- x -->\n<svg></svg>`, "it is an SVG drawing"],
    [`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`, "it is an XML file"],
    [`{"error": "not found"}`, "it is a JSON text"],
    ["Not found", "it is a text"],
    ["BM is how bitmaps begin, and this text", "it is a text"],
    ["%PDF-1.7\n", "it is a PDF document"],
    ["PK\x03\x04abc", "it is a ZIP archive"],
    ["P3 1 1 255 1 2 3", "it is a Netpbm picture that is not a binary PPM or PGM"],
    [
      "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
      "it is a pointer of Git LFS; fetch the picture with: git lfs pull",
    ],
    [
      "\x01\x02\x03\x04\x05",
      "it is no picture of a kind that is read (jpg, png, gif, webp, bmp, tif, avif, ppm)",
    ],
  ];
  for (const [content, reason] of cases) {
    const bytes = new Uint8Array(Buffer.from(content as string));
    await assert.rejects(decodeImage(bytes, undefined, "a.jpg"), { reason });
  }
});

Deno.test("decodeImage() says of a HEIC picture under its own name that it is not read", async () => {
  const heic = new Uint8Array(Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic"));
  await assert.rejects(decodeImage(heic, undefined, "a.HEIC"), (error: BrokenImageError) => {
    assert.match(error.reason, /^it is a HEIC picture, a kind that is not read \(jpg, .* are\)$/);
    return true;
  });
});

Deno.test("decodeImage() reads the content of a file, whatever its name", async () => {
  const png = new Uint8Array(await sampleImage().png().toBuffer());
  assert.equal((await decodeImage(png, undefined, "a.jpg")).width, 72);
});

Deno.test("decodeImage() names the size of a picture with too many pixels", async () => {
  // A PNG's header has its size at byte 16; the checksum of the changed header follows.
  const png = new Uint8Array(await sampleImage().png().toBuffer());
  const { crc32 } = await import("node:zlib");
  const view = new DataView(png.buffer);
  view.setUint32(16, 16_000);
  view.setUint32(20, 16_000);
  view.setUint32(29, crc32(png.subarray(12, 29)));
  const reason = "16,000 × 16,000 px are too many (at most 134 million)";
  assert.equal(await reasonFor(png, "image.png"), reason);
});
