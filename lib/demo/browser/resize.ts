import type { Resize } from "../../data/dataset.ts";

/** Values of an image, row by row: `channels` of each pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Values whose middle axis is resized: `[outer, length, inner]`. */
interface Axis {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Positions between two pixels are rounded to 64ths, coefficients to 4096ths, as in libvips. */
const phases = 64, unit = 4096;
/** Larger reductions begin with averages of whole pixels, as long as a factor of 2 remains. */
const gap = 2;

/** A file's format, as far as it matters for its size. */
export type Format = "JPEG" | "WebP" | "other";

/** What a picture's file says. */
export interface FileFacts {
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
export function fitPixels(image: Pixels, fit: Resize, file: FileFacts): Pixels {
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

function transpose({ width, height, channels, data }: Pixels): Pixels {
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

function premultiply(rgba: Pixels["data"]): Uint8Array {
  return rgba.map((value, at) => at % 4 === 3 ? value : value * rgba[at | 3]! / 255) as Uint8Array;
}

function unpremultiply(rgba: Pixels["data"]): Uint8Array {
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
  { width, height }: Pick<Pixels, "width" | "height">,
  { mode, size, shortestSide = size }: Resize,
): { left: number; top: number; width: number; height: number } {
  if (mode === "stretch") return { left: 0, top: 0, width, height };
  const side = Math.max(1, Math.round(Math.min(width, height) * size / shortestSide));
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  return { left, top, width: side, height: side };
}

function cropMiddle(image: Pixels, fit: Resize): Pixels {
  const { left, top, width: side } = seenPart(image, fit);
  const { width, channels, data } = image;
  const part = new Uint8Array(side * side * channels);
  for (let row = 0; row < side; row++) {
    const start = ((top + row) * width + left) * channels;
    part.set(data.subarray(start, start + side * channels), row * side * channels);
  }
  return { width: side, height: side, channels, data: part };
}

function reduceWhileDecoding(image: Pixels, size: number, format: Format): Pixels {
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
  { width, height, channels, data }: Pixels,
  across: number,
  down: number,
): Pixels {
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

/**
 * Resizes an image as `decodeImage` does, which calls libvips with a cubic kernel: the same sums in the
 * same fixed-point numbers, so that a net gets the same bytes in a browser.
 */
function resizePixels(image: Pixels, width: number, height: number): Pixels {
  const { channels } = image;
  const rows = { outer: 1, length: image.height, inner: image.width * channels };
  const short = height < image.height ? reduce(image.data, rows, height) : image.data;
  const between = Math.min(height, image.height);
  const columns = { outer: between, length: image.width, inner: channels };
  const small = width < image.width ? reduce(short, columns, width) : short;
  if (width <= image.width && height <= image.height) {
    return { width, height, channels, data: small };
  }
  // Both axes are shifted by half a pixel, also the one that has its size already. Values between the two
  // steps may be below 0 and above 255.
  const wide = enlarge(small, { ...columns, length: Math.min(width, image.width) }, width);
  const large = enlarge(wide, { outer: 1, length: between, inner: width * channels }, height);
  return { width, height, channels, data: new Uint8ClampedArray(large) };
}

function reduce(values: ArrayLike<number>, axis: Axis, to: number): Uint8ClampedArray {
  const box = Math.max(1, Math.floor(axis.length / to / gap));
  const data = averagePixels(values, axis, box);
  const { outer, inner } = axis;
  const length = Math.ceil(axis.length / box);
  const shrink = axis.length / to / box;
  const points = 2 * roundToEven(2 * shrink) + 1;
  const tables = Array.from(
    { length: phases + 1 },
    (_, phase) => cubicWeights(points, shrink, phase / phases),
  );
  const before = Math.ceil(points / 2) - 1;
  const result = new Uint8ClampedArray(outer * to * inner);
  const starts = new Int32Array(points);
  for (let target = 0; target < to; target++) {
    const { whole, phase } = place((target + 0.5) * shrink);
    const weights = tables[phase]!;
    for (let point = 0; point < points; point++) {
      starts[point] = inner * Math.min(length - 1, Math.max(0, whole - before + point));
    }
    for (let part = 0; part < outer; part++) {
      const from = part * length * inner, into = (part * to + target) * inner;
      for (let at = 0; at < inner; at++) {
        let sum = unit / 2;
        for (let point = 0; point < points; point++) {
          sum += weights[point]! * data[from + starts[point]! + at]!;
        }
        result[into + at] = sum >> 12;
      }
    }
  }
  return result;
}

/** Averages `box` pixels; beyond the end the last one counts again. */
function averagePixels(
  values: ArrayLike<number>,
  { outer, length, inner }: Axis,
  box: number,
): ArrayLike<number> {
  if (box === 1) return values;
  const to = Math.ceil(length / box);
  const reciprocal = Math.floor(2 ** 24 / box);
  const result = new Uint8Array(outer * to * inner);
  for (let part = 0; part < outer; part++) {
    for (let target = 0; target < to; target++) {
      for (let at = 0; at < inner; at++) {
        let sum = box >> 1;
        for (let index = target * box; index < (target + 1) * box; index++) {
          sum += values[(part * length + Math.min(index, length - 1)) * inner + at]!;
        }
        result[(part * to + target) * inner + at] = sum * reciprocal / 2 ** 24;
      }
    }
  }
  return result;
}

function enlarge(
  values: ArrayLike<number>,
  { outer, length, inner }: Axis,
  to: number,
): Int32Array {
  const result = new Int32Array(outer * to * inner);
  for (let target = 0; target < to; target++) {
    // One is added and taken away, since positions before the first center are negative.
    const { whole, phase } = place(target * length / to - 0.5 + 1);
    const weights = cubicWeights(4, 1, phase / phases);
    for (let part = 0; part < outer; part++) {
      for (let at = 0; at < inner; at++) {
        const sum = weights.reduce((total, weight, point) => {
          const index = Math.min(length - 1, Math.max(0, whole - 2 + point));
          return total + weight * values[(part * length + index) * inner + at]!;
        }, unit / 2);
        result[(part * to + target) * inner + at] = sum >> 12;
      }
    }
  }
  return result;
}

/** The pixel before a position, and how many 64ths are between. */
function place(position: number): { whole: number; phase: number } {
  const whole = Math.floor(position);
  return { whole, phase: (Math.floor((position - whole) * 2 * phases) + 1) >> 1 };
}

/** Catmull-Rom weights of pixels around a position, in 4096ths. */
function cubicWeights(points: number, shrink: number, fraction: number): Int32Array {
  const middle = fraction + points / 2 - 1;
  const weights = Array.from({ length: points }, (_, at) => cubic((at - middle) / shrink));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Int32Array.from(weights, (weight) => weight / sum * unit);
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return 1 + x * x * (1.5 * x - 2.5);
  return x <= 2 ? 2 + x * (-4 + x * (2.5 - 0.5 * x)) : 0;
}

function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
