import { parse } from "csv-parse/sync";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { BrokenImageError } from "../../../lib/data/dataset.ts";
import { decodeImage, resizeImage } from "../../../lib/data/images/decode.ts";
import { childFlags } from "../../child_flags.ts";
import { meanColor, sharedData, withFolder, withSharedData } from "../support.ts";

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
    const decoded = decodeImage(`${sharedData}/ilsvrc-odd/${row.path}`);
    if (Deno.build.os === "windows" && row.kind.startsWith("arithmetic-coded")) {
      // sharp's libjpeg for Windows is built without it.
      await assert.rejects(decoded, /: it is a JPEG with arithmetic coding, which is not read/);
      continue;
    }
    const image = await decoded;
    const turned = Number(row.exif_orientation) >= 5;
    const size = turned ? [row.h, row.w] : [row.w, row.h];
    assert.deepEqual([image.width, image.height], size.map(Number), row.kind);
    // Pillow clips 16-bit gray to white; the file beside it holds the same gray image in 8 bits.
    const expected = row.kind.startsWith("16-bit grayscale")
      ? [127.29, 127.29, 127.29]
      : row.pil_mean_rgb.split(" ").map(Number);
    meanColor(image).forEach((mean, channel) => {
      const difference = Math.abs(mean - (expected[channel] ?? NaN));
      assert.ok(difference < 1, `${row.path} (${row.kind}): off by ${difference}`);
    });
  }
});

withSharedData("decodeImage() names every broken file and the reason", async () => {
  for (const row of await manifest("ilsvrc-broken")) {
    const file = `${sharedData}/ilsvrc-broken/${row.path}`;
    if (row.pil_status === "ok") {
      // Damaged but not truncated: libjpeg reads it, in Pillow and here.
      const expected = row.pil_mean_rgb.split(" ").map(Number);
      meanColor(await decodeImage(file)).forEach((mean, channel) =>
        assert.ok(Math.abs(mean - (expected[channel] ?? NaN)) < 1)
      );
      continue;
    }
    for (const resize of [undefined, { mode: "stretch", size: 64 } as const]) {
      await assert.rejects(decodeImage(file, resize), (error) => {
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

/** A PNG whose left half is red and whose right half is blue. */
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

Deno.test("resizeImage() crops the central square of the image rescaled to a shortest side", async () => {
  // An image of 80 × 40 px; from each column to the next the brightness rises by 1.
  const data = Uint8Array.from({ length: 80 * 40 * 3 }, (_, at) => Math.floor(at / 3) % 80);
  const image = { width: 80, height: 40, data };
  const cropped = await resizeImage(image, { mode: "crop", size: 20, shortestSide: 40 });
  assert.deepEqual([cropped.width, cropped.height], [20, 20]);
  assert.deepEqual([cropped.data[0], cropped.data[19 * 3]], [30, 49]);
  const reduced = await resizeImage(image, { mode: "crop", size: 10, shortestSide: 20 });
  assert.deepEqual([reduced.width, reduced.height], [10, 10]);
  assert.ok(Math.abs((reduced.data[0] ?? 0) - 30.5) <= 1);
});

Deno.test("decodeImage() stretches without cropping, and crops the center", async () => {
  const bytes = await redAndBlue(400, 100);
  const stretched = await decodeImage(bytes, { mode: "stretch", size: 40 });
  assert.deepEqual([stretched.width, stretched.height], [40, 40]);
  assert.deepEqual([...stretched.data.subarray(0, 3)], [255, 0, 0]);
  assert.deepEqual([...stretched.data.subarray(39 * 3, 40 * 3)], [0, 0, 255]);
  const cropped = await decodeImage(bytes, { mode: "crop", size: 40 });
  assert.deepEqual([cropped.width, cropped.height], [40, 40]);
  assert.deepEqual([...cropped.data.subarray(0, 3)], [255, 0, 0]);
});

Deno.test("decodeImage() keeps an aspect ratio of up to 4 in mode shortest-side", async () => {
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

Deno.test("decodeImage() says that a file is missing", async () => {
  await assert.rejects(decodeImage("nowhere/image.jpg"), /nowhere\/image\.jpg: .*is missing/);
});

Deno.test("decodeImage() rejects headers that claim too many pixels", async () => {
  const gif = new Uint8Array(64);
  gif.set(new TextEncoder().encode("GIF89a"));
  gif.fill(0xff, 6, 10);
  const bitmap = new Uint8Array(64);
  bitmap.set(new TextEncoder().encode("BM"));
  new DataView(bitmap.buffer).setUint32(14, 40, true);
  new DataView(bitmap.buffer).setInt32(18, 60_000, true);
  new DataView(bitmap.buffer).setInt32(22, -60_000, true);
  // Compressed by run lengths, it may be that short: its pixels begin with the end of the bitmap.
  for (const [value, at] of [[56, 10], [8, 28], [1, 30], [1, 57]] as const) bitmap[at] = value;
  for (const bytes of [gif, bitmap]) {
    await assert.rejects(decodeImage(bytes, undefined, "bomb"), { name: "BrokenImageError" });
  }
  await assert.rejects(decodeImage(bitmap), /60,000 × 60,000 px are too many/);
  // OS/2's header has width and height at another position.
  new DataView(bitmap.buffer).setUint32(14, 12, true);
  bitmap.fill(0xff, 18, 22);
  bitmap.fill(0, 22);
  await assert.rejects(decodeImage(bitmap), /its data is damaged/); // It claims pixels of 0 bits.
  bitmap[24] = 24;
  await assert.rejects(decodeImage(bitmap), /the file is cut off/);
  await assert.rejects(decodeImage(bitmap.subarray(0, 9)), { name: "BrokenImageError" });
});

Deno.test("decodeImage() opens no other formats, whatever the file's name", async () => {
  const others = {
    "an SVG drawing":
      `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>`,
    "a Netpbm picture that is not a binary PPM or PGM": "P3 1 1 255 1 2 3",
    "a PDF document": "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>",
    "a Radiance picture": "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\nabcd",
  };
  for (const [kind, text] of Object.entries(others)) {
    const bytes = new TextEncoder().encode(text);
    await assert.rejects(decodeImage(bytes, undefined, "image.jpg"), {
      name: "BrokenImageError",
      message: new RegExp(`^image\\.jpg: it is ${kind}`),
    });
  }
});

/** The error of `decodeImage()` in another process, with the given permissions. */
async function errorInProcess(
  file: string,
  permissions: readonly string[],
  before: readonly string[] = [],
): Promise<string> {
  const program = fileURLToPath(new URL("decode_process.ts", import.meta.url));
  const [command, ...words] = [...before, Deno.execPath(), "run"];
  const last = before.length > 0 ? ["leave none"] : [];
  const { stdout } = await new Deno.Command(command!, {
    args: [...words, ...childFlags, "--no-prompt", ...permissions, program, file, ...last],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("decodeImage() does not blame the image if the decoder does not load", async () => {
  const source = fileURLToPath(new URL("../../../data/drawn10.png", import.meta.url));
  for (const file of [source, "bitmap"]) {
    const withoutEnvironment = await errorInProcess(file, ["--allow-read", "--allow-sys"]);
    assert.match(withoutEnvironment, /^NotCapable: Requires env access/);
    const unloadable = ["--allow-read", "--allow-sys", "--allow-env"];
    assert.match(await errorInProcess(file, unloadable), /^Error: Could not load the "sharp"/);
  }
  assert.match(await errorInProcess(source, []), /^NotCapable: Requires read access/);
});

Deno.test({
  name: "decodeImage() does not blame the image if the process has too many files open",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder({ "torn.jpg": "no image" }, async (folder) => {
      const limit = ["sh", "-c", 'ulimit -n 100 && exec "$0" "$@"'];
      const error = await errorInProcess(`${folder}/torn.jpg`, ["--allow-all"], limit);
      assert.match(error, /^ReadError: .* cannot be read: too many files are open$/);
    }),
});

Deno.test("decodeImage() reports a folder as a broken image", () =>
  withFolder({}, async (folder) => {
    await assert.rejects(decodeImage(folder), { name: "BrokenImageError" });
  }));
