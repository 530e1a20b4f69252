import type { Resize } from "../../data/dataset.ts";
import { type PixelImage, resizePixels } from "./resize.ts";

/** A file's format, as far as it matters for its size. */
export type Format = "JPEG" | "WebP" | "other";

/** What a picture's file says. */
export interface FileFormat {
  readonly format: Format;
  /** Whether the file's rows are the picture's columns. */
  readonly turned: boolean;
}

/**
 * Brings an image to the size of a net's input as `decodeImage` does. That decodes JPEG and WebP files at
 * a reduced size where it can, which averages of pixels come close to; of other files the bytes are equal.
 *
 * @param image Upright.
 */
export function fitPixels(image: PixelImage, fit: Resize, file: FileFormat): PixelImage {
  const { mode, size } = fit;
  // Whole pictures are turned after they are resized.
  if (file.turned && mode === "stretch") {
    return transpose(fitPixels(transpose(image), fit, { ...file, turned: false }));
  }
  const { format } = file;
  const part = mode === "stretch"
    ? reduceWhileDecoding(image, size, format)
    : cropMiddle(image, fit);
  if (part.channels === 3) return resizePixels(part, size, size);
  // Colors count as much as they are opaque, and what is transparent becomes black.
  const { data } = resizePixels({ ...part, data: premultiply(part.data) }, size, size);
  return { width: size, height: size, channels: 3, data: unpremultiply(data) };
}

function transpose({ width, height, channels, data }: PixelImage): PixelImage {
  const turned = new Uint8Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * channels, to = (column * height + row) * channels;
      for (let channel = 0; channel < channels; channel++) {
        turned[to + channel] = data[from + channel]!;
      }
    }
  }
  return { width: height, height: width, channels, data: turned };
}

function premultiply(rgba: PixelImage["data"]): Uint8Array {
  return rgba.map((value, at) => at % 4 === 3 ? value : value * rgba[at | 3]! / 255) as Uint8Array;
}

function unpremultiply(rgba: PixelImage["data"]): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let pixel = 0; pixel < rgb.length / 3; pixel++) {
    const alpha = rgba[4 * pixel + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const value = rgba[4 * pixel + channel]!;
      rgb[3 * pixel + channel] = alpha === 0 ? 0 : Math.min(255, value * 255 / alpha);
    }
  }
  return rgb;
}

/** The part of an image that a net receives: all of it, or the square in its middle. */
export function seenPart(
  { width, height }: Pick<PixelImage, "width" | "height">,
  { mode, size, shortestSide = size }: Resize,
): { left: number; top: number; width: number; height: number } {
  if (mode === "stretch") return { left: 0, top: 0, width, height };
  const side = Math.max(1, Math.round(Math.min(width, height) * size / shortestSide));
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  return { left, top, width: side, height: side };
}

function cropMiddle(image: PixelImage, fit: Resize): PixelImage {
  const { left, top, width: side } = seenPart(image, fit);
  const { width, channels, data } = image;
  const part = new Uint8Array(side * side * channels);
  for (let row = 0; row < side; row++) {
    const start = ((top + row) * width + left) * channels;
    part.set(data.subarray(start, start + side * channels), row * side * channels);
  }
  return { width: side, height: side, channels, data: part };
}

function reduceWhileDecoding(image: PixelImage, size: number, format: Format): PixelImage {
  const shrink = Math.min(image.width, image.height) / size;
  if (format === "JPEG") {
    // The decoder's own reductions, which sharp does not use where little is left to do for the kernel.
    const factor = [8, 4, 2].find((factor) => shrink >= factor) ?? 1;
    const used = factor > 1 && Math.floor(shrink) === factor ? factor / 2 : factor;
    return used === 1 ? image : averageAreas(image, used, used);
  }
  if (format !== "WebP" || shrink <= 1) return image;
  const [width, height] = [image.width, image.height].map((side) => Math.round(side / shrink));
  return averageAreas(image, image.width / width!, image.height / height!);
}

/** Averages areas of pixels, which need not be whole. */
function averageAreas(
  { width, height, channels, data }: PixelImage,
  across: number,
  down: number,
): PixelImage {
  // The ratio of whole sides may be a hair above its whole number.
  const to = [width / across, height / down].map((side) => Math.floor(side + 1e-9));
  const [columns, rows] = [to[0]!, to[1]!];
  const result = new Uint8ClampedArray(columns * rows * channels);
  const sums = new Float64Array(channels);
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = [row * down, Math.min(height, (row + 1) * down)];
    for (let column = 0; column < columns; column++) {
      const [left, right] = [column * across, Math.min(width, (column + 1) * across)];
      sums.fill(0);
      for (let y = Math.floor(top); y < bottom; y++) {
        const part = Math.min(bottom, y + 1) - Math.max(top, y);
        for (let x = Math.floor(left); x < right; x++) {
          const area = part * (Math.min(right, x + 1) - Math.max(left, x));
          const at = (y * width + x) * channels;
          for (let channel = 0; channel < channels; channel++) {
            sums[channel]! += area * data[at + channel]!;
          }
        }
      }
      const area = (bottom - top) * (right - left);
      const at = (row * columns + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        result[at + channel] = sums[channel]! / area;
      }
    }
  }
  return { width: columns, height: rows, channels, data: result };
}
