/// <reference lib="dom" />
import { findFault } from "../../data/images/find_faults.ts";
import { describeForeign, formatOf } from "../../data/images/formats.ts";
import { isTurned } from "./orientation.ts";
import type { Format } from "./fit_pixels.ts";
import type { PixelImage } from "./resize.ts";

/** A picture, upright. */
export interface ReadImage {
  /** RGB, or RGBA if something is transparent. */
  readonly pixels: PixelImage;
  readonly format: Format;
  /** Whether EXIF orientation swaps rows and columns. */
  readonly turned: boolean;
  /** The picture for drawing on a canvas. The caller closes it. */
  readonly bitmap: ImageBitmap;
}

/** The maximum number of pixels, as of `decodeImage`. */
const maxPixels = 134e6;
/** Rows that are read at once: a phone's canvases are limited. */
const strip = 512;

/**
 * Reads a picture file with the browser's decoders, without its color profile, as `decodeImage` does.
 *
 * @throws {Error} If it is not a picture, or damaged; the message says why.
 */
export async function readImage(file: Blob, name: string): Promise<ReadImage> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const format = formatOf(bytes);
  if (!format) throw new Error(describeForeign(bytes, name));
  const fault = findFault(format, bytes);
  if (fault) throw new Error(fault);
  const bitmap = await createImageBitmap(new Blob([bytes]), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
    imageOrientation: "from-image",
  }).catch(() => {
    throw new Error(`this browser cannot decode its ${format} data`);
  });
  if (bitmap.width * bitmap.height > maxPixels) {
    throw new Error("it has more than 134 million pixels");
  }
  return {
    pixels: pixelsOf(bitmap),
    format: format === "JPEG" || format === "WebP" ? format : "other",
    turned: format === "JPEG" && isTurned(bytes),
    bitmap,
  };
}

/** Reads the pixels of a bitmap. */
export function pixelsOf(bitmap: ImageBitmap): PixelImage {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, Math.min(strip, height));
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  const rgba = new Uint8Array(width * height * 4);
  for (let top = 0; top < height; top += strip) {
    const rows = Math.min(strip, height - top);
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, -top);
    rgba.set(context.getImageData(0, 0, width, rows).data, top * width * 4);
  }
  const isOpaque = rgba.every((value, at) => at % 4 !== 3 || value === 255);
  return isOpaque
    ? { width, height, channels: 3, data: withoutAlpha(rgba) }
    : { width, height, channels: 4, data: rgba };
}

/** Converts RGBA to RGB: drops alpha. */
export function withoutAlpha(rgba: Uint8Array | Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from]!;
    rgb[to++] = rgba[from + 1]!;
    rgb[to++] = rgba[from + 2]!;
  }
  return rgb;
}
