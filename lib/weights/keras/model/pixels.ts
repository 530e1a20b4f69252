import type { Normalization } from "../../../data/augment/mod.ts";
import type { FileFacts } from "../../file_content.ts";

/** A channel of an image inside a model: `scale · pixel + offset` of a channel of the input. */
export interface Channel {
  /** The number of the channel of the input. */
  readonly from: number;
  readonly scale: number;
  readonly offset: number;
}

/** An image inside a model, before its first convolution. */
export interface Pixels {
  /** The height and the width, as far as the model fixes them. */
  readonly size: readonly (number | null)[];
  readonly channels: readonly Channel[];
  /** Whether a layer changed values. */
  readonly isChanged: boolean;
  /** Layers whose effect is not known, in a few words each. */
  readonly unknown: readonly string[];
  /** Layers that only change images in training. */
  readonly skipped: readonly string[];
  /** What was replaced, one line each. */
  readonly notes: readonly string[];
  /** What was assumed of the values, in one line. */
  readonly assumed?: string;
}

/** The input of a model: pixels as they are. */
export function inputPixels(shape: readonly (number | null)[]): Pixels {
  // A channel count in front means the layout channels_first.
  const [, first, second, last] = shape;
  const isFirst = isChannels(first) && !isChannels(last);
  const [size, count] = isFirst ? [[second ?? null, last ?? null], first] : [
    [first ?? null, second ?? null],
    last,
  ];
  const channels = Array.from({ length: isChannels(count) ? count : 3 }, (_, from) => ({
    from,
    scale: 1,
    offset: 0,
  }));
  return { size, channels, isChanged: false, unknown: [], skipped: [], notes: [] };
}

function isChannels(count: number | null | undefined): count is number {
  return count === 1 || count === 3 || count === 4;
}

/** Computes `scale · pixel + offset` with a number for all channels, or one for each. */
export function affine(
  pixels: Pixels,
  scale: readonly number[],
  offset: readonly number[],
): Pixels | undefined {
  const { channels } = pixels;
  const count = channels.length;
  if (![scale, offset].every(({ length }) => length === 1 || length === count)) return undefined;
  const at = (values: readonly number[], index: number): number =>
    values.length === 1 ? values[0]! : values[index]!;
  return {
    ...pixels,
    isChanged: true,
    channels: channels.map((channel, index) => ({
      from: channel.from,
      scale: channel.scale * at(scale, index),
      offset: channel.offset * at(scale, index) + at(offset, index),
    })),
  };
}

/** Returns the pixels with a layer whose effect is not known. */
export function withUnknown(pixels: Pixels, what: string): Pixels {
  return { ...pixels, unknown: [...pixels.unknown, what] };
}

/**
 * Returns how pixels became the input of the first convolution, in the numbers of this library; `undefined`
 * if nothing was done to them, or if that cannot be expressed.
 */
export function preprocessingOfPixels(
  { channels, isChanged, unknown }: Pixels,
): FileFacts["preprocessing"] {
  if (!isChanged || unknown.length > 0) return undefined;
  const order = channels.map(({ from }) => from).join();
  const channelOrder = order === "2,1,0" ? "BGR" : "RGB";
  if (channelOrder === "RGB" && !["0", "0,1,2"].includes(order)) return undefined;
  const numbers = channels.map(({ scale, offset }) => ({
    mean: tidy(-offset / scale),
    deviation: tidy(1 / scale),
  }));
  const all = numbers.flatMap(({ mean, deviation }) => [mean, deviation]);
  if (!all.every(Number.isFinite) || numbers.some(({ deviation }) => deviation === 0)) {
    return undefined;
  }
  return { normalization: normalizationOf(numbers, channelOrder), channelOrder };
}

interface Numbers {
  readonly mean: number;
  readonly deviation: number;
}

/** @param numbers The mean and the deviation of each channel, in the order of the first kernel. */
function normalizationOf(
  numbers: readonly Numbers[],
  order: "RGB" | "BGR",
): Normalization {
  const [first, green, last] = [0, 1, 2].map((index) => numbers[index] ?? numbers[0]!) as [
    Numbers,
    Numbers,
    Numbers,
  ];
  const [red, blue] = order === "BGR" ? [last, first] : [first, last];
  const mean = [red.mean, green.mean, blue.mean] as const;
  const deviation = [red.deviation, green.deviation, blue.deviation] as const;
  const isRescale = mean.every((value) => value === 0) &&
    deviation.every((value) => value === 255);
  const isSubtraction = deviation.every((value) => value === 1);
  const kind = isRescale ? "rescale" : isSubtraction ? "subtract-mean" : "standardize";
  return { kind, mean: [...mean], deviation: [...deviation] };
}

/** Rounds to the precision of Keras's 32-bit floats, and makes -0 to 0. */
function tidy(value: number): number {
  return Number(value.toPrecision(7)) + 0;
}
