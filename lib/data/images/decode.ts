import type sharp from "sharp";
import type { Sharp, SharpOptions } from "sharp";
import { BrokenImageError, type Image, type Resize } from "../dataset.ts";

/** More pixels than any ImageNet image has; a header that claims more is taken for an attack. */
const MAXIMUM_PIXELS = 2 ** 27;

/** No photograph takes as long; a file made to keep decoders busy does. */
const MOST_SECONDS = 60;

/** libvips's readers of the formats that are read. */
const loaders = ["Jpeg", "Png", "Nsgif", "Webp", "Tiff"]
  .map((format) => `VipsForeignLoad${format}Buffer`);

/** In the `shortest-side` mode, images longer than this are cut to their middle. */
const MAXIMUM_ASPECT_RATIO = 4;

/**
 * Decodes an image file (JPEG, PNG, GIF, WebP, TIFF or BMP, told by its content, not its name) to an
 * RGB image, off the main thread.
 *
 * Colours are what Pillow's `convert("RGB")` gives, so that published weights see what they were
 * trained on: transparency and colour profiles are ignored, CMYK is multiplied out; 16-bit grey alone
 * is scaled to 8 bits, where Pillow clips it to white. EXIF orientation is applied; of an animation
 * the first frame counts. A file whose end is missing is broken even where most of its image is
 * readable, as for Pillow, Keras and TensorFlow.
 *
 * @param source The file's path, or its bytes.
 * @param fit The shape wanted; without it, the image keeps its own. Reducing filters before it
 *   samples (Catmull-Rom), and JPEG files are decoded at a reduced size where that loses nothing.
 *   `shortest-side` leaves images whole up to an aspect ratio of 4, and cuts longer ones to their middle.
 * @param name What an error calls the image; the path by default.
 * @throws {BrokenImageError} Where the file cannot be read or decoded.
 *
 * @example
 * ```ts ignore
 * import { decodeImage } from "./decode.ts";
 *
 * const image = await decodeImage("bison.jpg", { mode: "stretch", size: 224 });
 * console.assert(image.data.length === 224 * 224 * 3);
 * ```
 */
export async function decodeImage(
  source: string | Uint8Array<ArrayBuffer>,
  fit?: Resize,
  name: string = typeof source === "string" ? source : "image",
): Promise<Image> {
  try {
    const bytes = typeof source === "string" ? await Deno.readFile(source) : source;
    if (bytes.length === 0) throw new Error("the file is empty");
    return isBitmap(bytes) ? await decodeBitmap(bytes, fit) : await decodeWithSharp(bytes, fit);
  } catch (error) {
    throw new BrokenImageError(name, reasonOf(error));
  }
}

/** Brings a decoded image to another shape; see {@linkcode decodeImage}. */
export async function fitImage(image: Image, fit: Resize): Promise<Image> {
  const { width, height, data } = image;
  if (width === height && width === fit.size) return image;
  const pipeline = await openImage(data, { raw: { width, height, channels: 3 } });
  return readPixels(resize(pipeline, width, height, fit));
}

async function decodeWithSharp(bytes: Uint8Array, fit: Resize | undefined): Promise<Image> {
  const image = await openImage(bytes, {
    failOn: "warning",
    limitInputPixels: MAXIMUM_PIXELS,
    ignoreIcc: true,
  });
  const { space, autoOrient } = await image.metadata();
  image.autoOrient();
  if (fit) resize(image, autoOrient.width, autoOrient.height, fit);
  if (space === "cmyk") {
    return multiplyOut(await readPixels(image.pipelineColourspace("cmyk").toColourspace("cmyk")));
  }
  return readPixels(image.toColourspace("srgb").removeAlpha());
}

/** Windows bitmaps, which sharp does not read. */
async function decodeBitmap(bytes: Uint8Array, fit: Resize | undefined): Promise<Image> {
  // Looked up before anything is decoded, and memory taken for what a header claims.
  const [claimedWidth, claimedHeight] = bitmapSides(bytes);
  if (Math.abs(claimedWidth * claimedHeight) > MAXIMUM_PIXELS) {
    throw new Error(`too many pixels: ${claimedWidth} × ${claimedHeight}`);
  }
  const { createCanvas, loadImage } = await import("@napi-rs/canvas");
  const bitmap = await loadImage(bytes);
  const { width, height } = bitmap;
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  }
  const image = { width, height, data };
  return fit ? fitImage(image, fit) : image;
}

function resize(image: Sharp, width: number, height: number, fit: Resize): Sharp {
  const { mode, size, shortestSide = size } = fit;
  const kernel = "cubic";
  if (mode === "stretch") return image.resize(size, size, { fit: "fill", kernel });
  if (mode === "crop") {
    // Cut out before it is resized: what lies outside would only cost time.
    const side = Math.max(1, Math.round(Math.min(width, height) * size / shortestSide));
    const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
    return image.extract({ left, top, width: side, height: side })
      .resize(size, size, { fit: "fill", kernel });
  }
  const longest = size * MAXIMUM_ASPECT_RATIO;
  if (width > height * MAXIMUM_ASPECT_RATIO) {
    return image.resize(longest, size, { fit: "cover", kernel });
  }
  if (height > width * MAXIMUM_ASPECT_RATIO) {
    return image.resize(size, longest, { fit: "cover", kernel });
  }
  return image.resize(size, size, { fit: "outside", kernel });
}

async function readPixels(image: Sharp): Promise<Image> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** Turns CMYK ink amounts, four bytes a pixel, into RGB. */
function multiplyOut({ width, height, data: inks }: Image): Image {
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const light = 255 - (inks[pixel * 4 + 3] ?? 0);
    for (let channel = 0; channel < 3; channel++) {
      const paper = 255 - (inks[pixel * 4 + channel] ?? 0);
      data[pixel * 3 + channel] = Math.round(paper * light / 255);
    }
  }
  return { width, height, data };
}

/** The sides that a bitmap's header claims, in 16 bits where it is OS/2's. */
function bitmapSides(bytes: Uint8Array): [number, number] {
  if (bytes.length < 26) throw new Error("its header is cut");
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return header.getUint32(14, true) === 12
    ? [header.getUint16(18, true), header.getUint16(20, true)]
    : [header.getInt32(18, true), header.getInt32(22, true)];
}

function isBitmap(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

let library: Promise<typeof sharp> | undefined;

/** Opens an image with sharp, which is loaded at its first use: it is a large native library. */
async function openImage(input: Uint8Array, options: SharpOptions): Promise<Sharp> {
  return (await (library ??= loadLibrary()))(input, options).timeout({ seconds: MOST_SECONDS });
}

async function loadLibrary(): Promise<typeof sharp> {
  const { default: sharp } = await import("sharp");
  // Several images are decoded at once, each on one thread, and none twice.
  sharp.concurrency(1);
  sharp.cache(false);
  // It would also draw SVG, run PDF's programs, and more, for any file that begins like it.
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: loaders });
  return sharp;
}

/** The first line of an error's message: decoders repeat themselves over many. */
function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "the file is not there";
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0]?.trim() || "unreadable";
}
