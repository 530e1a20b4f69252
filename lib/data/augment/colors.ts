import { OptionError } from "../../errors.ts";
import type { PreparedSplit } from "../pipeline/prepared_split.ts";
import { readImages } from "../pipeline/read_images.ts";

/** A number each for red, green and blue. */
export type Triple = readonly [number, number, number];

/** Statistics of a split's pixels, in units of 0 to 255. */
export interface ColorStatistics {
  /** The means of red, green and blue. */
  readonly mean: Triple;
  /** The standard deviations of red, green and blue. */
  readonly standardDeviation: Triple;
  /** The covariance matrix of red, green and blue. */
  readonly covariance: readonly [Triple, Triple, Triple];
}

/** The maximum number of pixels: more than CIFAR-10 has; larger data sets are sampled evenly. */
const MAXIMUM_PIXELS = 2 ** 26;

/**
 * Measures mean, standard deviation and covariance of a split's colors: over all pixels if there are at
 * most 67 million, otherwise over evenly spaced ones. Of a split with a `statisticsSample`, only
 * that is measured.
 *
 * @throws {OptionError} If the split has no images.
 * @throws The signal's reason if it aborts.
 */
export async function measureColors(
  split: PreparedSplit,
  options: { readonly signal?: AbortSignal; readonly maximumPixels?: number } = {},
): Promise<ColorStatistics> {
  const { signal, maximumPixels = MAXIMUM_PIXELS } = options;
  const sums = new Float64Array(9);
  let count = 0;
  const { statisticsSample: images = Uint32Array.from(split.labels.keys()) } = split;
  let number = 0;
  for await (const { width, height, data } of readImages(split, images)) {
    signal?.throwIfAborted();
    const every = Math.max(1, Math.ceil(width * height * images.length / maximumPixels));
    count += addPixels(data, number++ % every, every, sums);
  }
  if (count === 0) throw new OptionError("colors must be measured on images. Received: none");
  return statistics(sums, count);
}

/** Adds red, green, blue and their six products to `sums`; returns the number of pixels added. */
function addPixels(data: Uint8Array, first: number, every: number, sums: Float64Array): number {
  let [r, g, b, rr, rg, rb, gg, gb, bb, count] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let at = first * 3; at < data.length; at += every * 3) {
    // Destructuring a list takes half as long again.
    const red = data[at]!, green = data[at + 1]!, blue = data[at + 2]!;
    r += red;
    g += green;
    b += blue;
    rr += red * red;
    rg += red * green;
    rb += red * blue;
    gg += green * green;
    gb += green * blue;
    bb += blue * blue;
    count++;
  }
  [r, g, b, rr, rg, rb, gg, gb, bb].forEach((sum, index) => sums[index] = (sums[index] ?? 0) + sum);
  return count;
}

function statistics(sums: Float64Array, count: number): ColorStatistics {
  const [r = 0, g = 0, b = 0, rr = 0, rg = 0, rb = 0, gg = 0, gb = 0, bb = 0] = Array.from(
    sums,
    (sum) => sum / count,
  );
  const covariance = [
    [rr - r * r, rg - r * g, rb - r * b],
    [rg - r * g, gg - g * g, gb - g * b],
    [rb - r * b, gb - g * b, bb - b * b],
  ] as const;
  const deviation = (variance: number): number => Math.sqrt(Math.max(0, variance));
  return {
    mean: [r, g, b],
    standardDeviation: [
      deviation(covariance[0][0]),
      deviation(covariance[1][1]),
      deviation(covariance[2][2]),
    ],
    covariance,
  };
}
