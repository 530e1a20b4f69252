import type sharp from "sharp";
import type { Sharp, SharpOptions } from "sharp";
import { BrokenImageError, type Image, type Resize } from "../dataset.ts";

/** More pixels than any ImageNet image has; a header that claims more is treated as an attack. */
const MAXIMUM_PIXELS = 2 ** 27;

/** More time than any photograph takes; only a file made to keep decoders busy takes longer. */
const MAXIMUM_SECONDS = 60;

/** libvips's loaders of the accepted formats. */
const loaders = ["Jpeg", "Png", "Nsgif", "Webp", "Tiff"]
  .map((format) => `VipsForeignLoad${format}Buffer`);

/** In mode `shortest-side`, longer images are cropped to this aspect ratio around their center. */
const MAXIMUM_ASPECT_RATIO = 4;

/**
 * Decodes an image file to an RGB image, off the main thread. The format (JPEG, PNG, GIF, WebP, TIFF or
 * BMP) is recognized by the content, not by the name.
 *
 * Colors are those of Pillow's `convert("RGB")`, so that published weights get the pixels they were
 * trained on: transparency and color profiles are ignored, and CMYK is multiplied out. The exception is
 * 16-bit gray, which is scaled to 8 bits, while Pillow clips it to white. EXIF orientation is applied.
 * Of an animation the first frame is used. A truncated file is broken even if most of its image is
 * readable, as in Pillow, Keras and TensorFlow.
 *
 * @param source The file's path, or its bytes.
 * @param resize The size of the result; by default the image's own. Images are reduced with a low-pass
 *   filter (Catmull-Rom), and JPEG files are decoded at a reduced size where that loses nothing. Mode
 *   `shortest-side` crops images with an aspect ratio above 4 to that ratio.
 * @param name The image's name in errors; the path by default.
 * @throws {BrokenImageError} If the file is missing, cannot be read or cannot be decoded. Errors that
 *   are not about the file, such as a decoder that does not load, are thrown unchanged.
 *
 * @example
 * ```ts
 * import { decodeImage } from "vgg/data";
 *
 * const image = await decodeImage("data/drawn10.png", { mode: "stretch", size: 224 });
 * console.assert(image.data.length === 224 * 224 * 3);
 * ```
 */
export async function decodeImage(
  source: string | Uint8Array<ArrayBuffer>,
  resize?: Resize,
  name: string = typeof source === "string" ? source : "image",
): Promise<Image> {
  try {
    const bytes = typeof source === "string" ? await Deno.readFile(source) : source;
    if (bytes.length === 0) throw new BrokenImageError(name, "the file is empty");
    const decode = await decoderOf(bytes);
    return await decode(bytes, resize).catch((error) => {
      throw isDecodingError(error) ? new BrokenImageError(name, reasonOf(error)) : error;
    });
  } catch (error) {
    throw isFileError(error) ? new BrokenImageError(name, reasonOf(error)) : error;
  }
}

type Decode = (bytes: Uint8Array, resize: Resize | undefined) => Promise<Image>;

/** Loads the decoder's libraries before it is used: if they are missing, the image is not to blame. */
async function decoderOf(bytes: Uint8Array): Promise<Decode> {
  await loadSharp();
  if (!isBitmap(bytes)) return decodeWithSharp;
  await import("@napi-rs/canvas");
  return decodeBitmap;
}

function isFileError(error: unknown): boolean {
  const { NotFound, PermissionDenied, IsADirectory } = Deno.errors;
  return [NotFound, PermissionDenied, IsADirectory].some((kind) => error instanceof kind);
}

/**
 * Decoders throw plain errors. Errors of other classes, and libvips running out of memory, come from the
 * machine or from this program.
 */
function isDecodingError(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error &&
    !/vips_(malloc|tracked): out of memory/.test(error.message);
}

/** Resizes a decoded image; see {@linkcode decodeImage}. */
export async function resizeImage(image: Image, resize: Resize): Promise<Image> {
  const { width, height, data } = image;
  if (width === height && width === resize.size) return image;
  const pipeline = await openImage(data, { raw: { width, height, channels: 3 } });
  return readPixels(addResize(pipeline, width, height, resize));
}

async function decodeWithSharp(bytes: Uint8Array, resize: Resize | undefined): Promise<Image> {
  const image = await openImage(bytes, {
    failOn: "warning",
    limitInputPixels: MAXIMUM_PIXELS,
    ignoreIcc: true,
  });
  const { space, autoOrient } = await image.metadata();
  image.autoOrient();
  if (resize) addResize(image, autoOrient.width, autoOrient.height, resize);
  if (space === "cmyk") {
    return multiplyOut(await readPixels(image.pipelineColourspace("cmyk").toColourspace("cmyk")));
  }
  return readPixels(image.toColourspace("srgb").removeAlpha());
}

/** Decodes Windows bitmaps, which sharp does not read. */
async function decodeBitmap(bytes: Uint8Array, resize: Resize | undefined): Promise<Image> {
  // Checked first, because the decoder allocates as much memory as the header claims.
  const [claimedWidth, claimedHeight] = bitmapSize(bytes);
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
  return resize ? resizeImage(image, resize) : image;
}

function addResize(image: Sharp, width: number, height: number, resize: Resize): Sharp {
  const { mode, size, shortestSide = size } = resize;
  const kernel = "cubic";
  if (mode === "stretch") return image.resize(size, size, { fit: "fill", kernel });
  if (mode === "crop") {
    // Cropped before resizing, to save the time of resizing what lies outside.
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

/** Converts CMYK ink amounts, four bytes per pixel, to RGB. */
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

/** The width and height that a bitmap's header claims, in 16 bits if the header is OS/2's. */
function bitmapSize(bytes: Uint8Array): [number, number] {
  if (bytes.length < 26) throw new Error("the header is truncated");
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return header.getUint32(14, true) === 12
    ? [header.getUint16(18, true), header.getUint16(20, true)]
    : [header.getInt32(18, true), header.getInt32(22, true)];
}

function isBitmap(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

let library: Promise<typeof sharp> | undefined;

async function openImage(input: Uint8Array, options: SharpOptions): Promise<Sharp> {
  return (await loadSharp())(input, options).timeout({ seconds: MAXIMUM_SECONDS });
}

/** Loads sharp on first use, because it is a large native library. */

function loadSharp(): Promise<typeof sharp> {
  return library ??= loadLibrary();
}

async function loadLibrary(): Promise<typeof sharp> {
  const { default: sharp } = await import("sharp");
  // Several images are decoded at once, each on one thread, and no image is decoded twice.
  sharp.concurrency(1);
  sharp.cache(false);
  // By default it would also render SVG, run the programs in PDF files, and more, whatever the file's name.
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: loaders });
  return sharp;
}

/** The first line of an error's message; decoders repeat the same message over many lines. */
function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "the file is missing";
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0]?.trim() || "unreadable";
}
