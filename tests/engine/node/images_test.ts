import assert from "node:assert/strict";
import sharp from "sharp";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { bmpFile, gifFile, jpegFile, pixels, pngFile } from "./image_files.ts";
import { held, take, testTfjsNode } from "./support.ts";

const first = pixels.slice(0, 12);
const bytes = (file: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(file);

testTfjsNode("decodeImage() and its kin give the pixels of PNG, BMP, GIF", async ({ node }) => {
  const before = held();
  const [png, bmp, gif] = [await pngFile(false), bmpFile(), await gifFile()].map(bytes);
  for (const image of [node.decodePng(png!), node.decodeBmp(bmp!), node.decodeImage(png!)]) {
    assert.deepEqual([image.shape, image.dtype], [[2, 2, 3], "int32"]);
    assert.deepEqual(take(image), first);
  }
  const frames = node.decodeGif(gif!);
  assert.deepEqual(frames.shape, [2, 2, 2, 3]);
  assert.deepEqual(take(frames), pixels);
  assert.deepEqual(take(node.decodeImage(gif!, 3, "int32", false)), first);
  const withAlpha = node.decodeImage(bytes(await pngFile(true)), 4);
  assert.deepEqual(withAlpha.shape, [2, 2, 4]);
  assert.deepEqual(take(withAlpha).filter((_, index) => index % 4 === 3), [255, 255, 255, 255]);
  assert.deepEqual(held(), before);
});

testTfjsNode(
  "decodeJpeg() gives sharp's pixels, in color, gray and half the size",
  async ({ node }) => {
    const before = held();
    const size = { width: 64, height: 48 } as const;
    const noise = Uint8Array.from(
      { length: 64 * 48 * 3 },
      (_, at) => 128 + 100 * Math.sin(at / 40),
    );
    const file = bytes(
      await sharp(noise, { raw: { ...size, channels: 3 } }).jpeg({ quality: 90 }).toBuffer(),
    );
    const expected = [...await sharp(file).raw().toBuffer()];
    const image = node.decodeJpeg(file);
    assert.deepEqual(image.shape, [48, 64, 3]);
    // Decoders may round the color conversion differently.
    assertClose(take(image), expected, 2);
    const gray = node.decodeJpeg(file, 1);
    assert.deepEqual(gray.shape, [48, 64, 1]);
    gray.dispose();
    const half = node.decodeJpeg(file, 0, 2);
    assert.deepEqual(half.shape, [24, 32, 3]);
    half.dispose();
    assert.deepEqual(held(), before);
  },
);

testTfjsNode("encodePng() and encodeJpeg() write files that sharp reads", async ({ node }) => {
  const before = held();
  const image = tf.tensor3d(first, [2, 2, 3], "int32");
  const png = await node.encodePng(image);
  assert.deepEqual([...await sharp(png).raw().toBuffer()], first);
  const jpeg = await node.encodeJpeg(image, "rgb", 100, false, false, false);
  const { format, chromaSubsampling } = await sharp(jpeg).metadata();
  assert.deepEqual([format, chromaSubsampling], ["jpeg", "4:4:4"]);
  assertClose([...await sharp(jpeg).raw().toBuffer()], first, 8);
  image.dispose();
  assert.deepEqual(held(), before);
});

testTfjsNode("broken images are refused in one line, and leave nothing", async ({ node }) => {
  const before = held();
  const png = bytes(await pngFile(false));
  const refused = (decode: () => unknown, message: RegExp): void => {
    assert.throws(decode, (error: Error) => {
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  };
  const text = new TextEncoder().encode("no image, though it has some bytes");
  refused(() => node.decodeImage(text), /^Expected image \(BMP, JPEG, PNG, or GIF\), but got uns/);
  for (const name of ["decodePng", "decodeJpeg", "decodeGif", "decodeBmp"] as const) {
    refused(() => node[name](text), new RegExp(`^D${name.slice(1)}: `));
  }
  refused(() => node.decodePng(png.subarray(0, 40)), /^DecodePng: /);
  refused(() => node.decodePng(png, 2), /`channels` must be 0, 1, 3 or 4 but got 2/);
  refused(() => node.decodeImage(png, 0, "float32"), /only return Tensor of type `int32`/);
  const image = tf.zeros<tf.Rank.R3>([2, 2, 5], "int32");
  await assert.rejects(node.encodeJpeg(image), /^TensorFlowError: EncodeJpeg: .*got \[2,2,5\]/);
  await assert.rejects(node.encodePng(image), /^TensorFlowError: EncodePng: .*got 5/);
  image.dispose();
  assert.deepEqual(held(), before);
});

testTfjsNode("decoding 60,000 images takes no memory that stays", async ({ node }) => {
  const file = bytes(await jpegFile());
  const decode = (): number => {
    for (let count = 0; count < 30_000; count++) node.decodeJpeg(file).dispose();
    collect();
    return Deno.memoryUsage().rss;
  };
  const collect = await collector();
  decode();
  const before = held();
  const grown = -decode() + decode();
  assert.deepEqual(held(), before);
  // Each image has 12 bytes, its file 600. Memory that goes back to the system meanwhile is no loss.
  assert.ok(grown < 3e6, `${grown} bytes`);
});

/** A function that collects garbage. */
async function collector(): Promise<() => void> {
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--expose-gc");
  const { runInNewContext } = await import("node:vm");
  return runInNewContext("gc");
}
