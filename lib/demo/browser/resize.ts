/** Values of an image, row by row: `channels` of each pixel. */
export interface PixelImage {
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
/** Reductions by a larger factor begin with averages of whole pixels, as long as a factor of 2 remains. */
const gap = 2;

/**
 * Resizes an image as `decodeImage` does, which calls libvips with a cubic kernel: the same sums in the
 * same fixed-point numbers, so that a net gets the same bytes in a browser.
 */
export function resizePixels(image: PixelImage, width: number, height: number): PixelImage {
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
