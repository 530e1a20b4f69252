import type { Sharp } from "sharp";
import { FileLimitError, maxFileBytes, readLimited } from "../../files/read_limited.ts";
import { BrokenImageError, type Image, type Resize } from "../dataset.ts";
import { decodeBitmap } from "./decode_bitmap.ts";
import { decodeNetpbm, netpbmHeader } from "./decode_netpbm.ts";
import { bitmapSize, findFault, refersBehindEnd } from "./find_faults.ts";
import { describeForeign, formatOf, type PictureFormat } from "./formats.ts";
import { loadSharp, maxSeconds, openImage } from "./open_image.ts";

/** The maximum number of pixels: no image of ImageNet has more, and a header that claims more may be an attack. */
const MAXIMUM_PIXELS = 134e6;

/** In mode `shortest-side`, longer images are cropped to this aspect ratio around their center. */
const MAXIMUM_ASPECT_RATIO = 4;

/**
 * Decodes an image file to an RGB image, off the main thread. The format (JPEG, PNG, GIF, WebP, TIFF, BMP,
 * binary PPM or AVIF) is recognized by the content, not by the name.
 *
 * Colors are those of Pillow's `convert("RGB")`, so that published weights get the pixels they were
 * trained on: transparency and color profiles are ignored, and CMYK is multiplied out. The exception is
 * 16-bit gray, which is scaled to 8 bits, while Pillow clips it to white. EXIF orientation is applied.
 * Of an animation the first frame is used.
 *
 * A damaged JPEG is read where both Pillow and TensorFlow read it: with odd headers, bytes between its
 * parts or behind its end, or wrong bits. A file of any format whose end is missing is broken, even if
 * most of its image is readable; so is whatever only one of the two reads. On Windows, JPEGs with arithmetic
 * coding are not read.
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
  const bytes = typeof source === "string" ? await readFile(source, name) : source;
  const format = formatOf(bytes);
  if (!format) throw new BrokenImageError(name, describeForeign(bytes, name));
  // Loaded before they are used: if a decoder is missing, the image is not to blame.
  await loadSharp();
  if (format === "BMP") await import("@napi-rs/canvas");
  const fault = findFault(format, bytes);
  if (fault) throw new BrokenImageError(name, fault);
  try {
    if (format !== "BMP" && format !== "PPM") return await decodeWithSharp(format, bytes, resize);
    const netpbm = format === "PPM" ? netpbmHeader(bytes) : undefined;
    const { width, height } = netpbm ?? bitmapSize(bytes);
    requireFewPixels(width, height);
    const image = netpbm ? decodeNetpbm(bytes, netpbm) : await decodeBitmap(bytes);
    return resize ? await resizeImage(image, resize) : image;
  } catch (error) {
    if (error instanceof TooLargeError) throw new BrokenImageError(name, error.message);
    if (!isDecodingError(error)) throw error;
    throw new BrokenImageError(name, reasonOf(error, format, bytes));
  }
}

async function readFile(path: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { NotFound, PermissionDenied, IsADirectory } = Deno.errors;
  try {
    return await readLimited(path, maxFileBytes.image);
  } catch (error) {
    if (error instanceof NotFound) throw new BrokenImageError(name, "the file is missing");
    if (error instanceof IsADirectory) throw new BrokenImageError(name, "it is a folder");
    if (error instanceof FileLimitError) throw new BrokenImageError(name, error.message);
    if (!(error instanceof PermissionDenied)) throw error;
    throw new BrokenImageError(name, "there is no permission to read it");
  }
}

/** Finds what is wrong with an image file without decoding it; `undefined` if nothing is to be seen. */
export async function findImageFault(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path, path);
    const format = formatOf(bytes);
    return format ? findFault(format, bytes) : describeForeign(bytes, path);
  } catch (error) {
    if (error instanceof BrokenImageError) return error.reason;
    throw error;
  }
}

/** Checks the size that a header claims, before memory is taken for the pixels. */
function requireFewPixels(width: number, height: number): void {
  if (width * height <= MAXIMUM_PIXELS) return;
  const [columns, rows] = [width, height].map((side) => side.toLocaleString("en-US"));
  throw new TooLargeError(`${columns} × ${rows} px are too many (at most 134 million)`);
}

class TooLargeError extends Error {}

/**
 * Decoders throw plain errors. Errors of other classes, and libvips running out of memory, come from the
 * machine or from this program.
 */
function isDecodingError(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error &&
    !/vips_(malloc|tracked): out of memory/.test(error.message);
}

/** Says in a user's words why an image cannot be decoded; the decoders' words are about their own code. */
function reasonOf(error: unknown, format: PictureFormat, bytes: Uint8Array): string {
  const { message } = error as Error;
  if (refersBehindEnd(format, bytes) || /premature end/i.test(message)) {
    return "the file is cut off";
  }
  if (/arithmetic coding/i.test(message)) {
    return "it is a JPEG with arithmetic coding, which is not read on this system";
  }
  if (/timeout/i.test(message)) return `decoding it takes more than ${maxSeconds} s`;
  const isUnsupported = /(not |un)(supported|configured|implemented)(?! image format)/i;
  return format !== "JPEG" && isUnsupported.test(message)
    ? `it is of a kind of ${format} that is not read`
    : `its ${format} data is damaged`;
}

/** Resizes a decoded image; see {@linkcode decodeImage}. */
export async function resizeImage(image: Image, resize: Resize): Promise<Image> {
  const { width, height, data } = image;
  if (width === height && width === resize.size) return image;
  const pipeline = await openImage(data, { raw: { width, height, channels: 3 } });
  return readPixels(addResize(pipeline, width, height, resize));
}

async function decodeWithSharp(
  format: PictureFormat,
  bytes: Uint8Array,
  resize: Resize | undefined,
): Promise<Image> {
  const open = (): Promise<Sharp> =>
    openImage(bytes, {
      // libjpeg warns of odd headers and wrong bits; what it cannot read is an error. The decoder of GIF
      // warns of missing pixels.
      failOn: format === "GIF" ? "warning" : "error",
      limitInputPixels: false, // Checked below, with the size in the error.
      ignoreIcc: true,
    });
  const image = await open();
  const { width, height, space, depth, autoOrient } = await image.metadata();
  requireFewPixels(width, height);
  // Rows below a crop are not decoded with it, so their faults would stay unknown.
  if (resize && resize.mode !== "stretch" && (format === "PNG" || format === "TIFF")) {
    await (await open()).extract({ left: 0, top: height - 1, width: 1, height: 1 }).raw()
      .toBuffer();
  }
  image.autoOrient();
  if (resize) addResize(image, autoOrient.width, autoOrient.height, resize);
  if (space === "cmyk") {
    return multiplyOut(await readPixels(image.pipelineColorspace("cmyk").toColorspace("cmyk")));
  }
  const pixels = await readPixels(image.toColorspace("srgb").removeAlpha());
  const stored = depths[depth];
  return stored ? { ...pixels, depth: stored } : pixels;
}

/** libvips's names of the types of values that are not bytes. */
const depths: Readonly<Record<string, "16-bit" | "float">> = {
  ushort: "16-bit",
  float: "float",
  double: "float",
};

function addResize(image: Sharp, width: number, height: number, resize: Resize): Sharp {
  const { mode, size, shortestSide = size } = resize;
  const kernel = "cubic";
  if (mode === "stretch") return image.resize(size, size, { fit: "fill", kernel });
  if (mode === "crop") {
    // Cropped before resizing, to save the time of resizing what is outside.
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
