import type { FileFacts } from "../file_content.ts";
import { type ChannelOrigin, type ImageValue, OtherLayer } from "./values.ts";

/** Pixels have values from 0 to 255. */
const brightest = 255;

/** The image itself. */
export function wholeImage(axes: string, channels: number): ImageValue {
  const origins = Array.from({ length: channels }, (_, source) => ({ source, scale: 1, shift: 0 }));
  return { kind: "image", axes, channels: origins };
}

/** Multiplies the channels of an image, or shifts them, by one number each. */
export function adjustImage(
  image: ImageValue,
  values: Float32Array,
  how: "multiply" | "add",
): ImageValue {
  if ((image.padding ?? 0) > 0) throw new OtherLayer("it follows a padding");
  const channels = image.channels.map(({ source, scale, shift }, index) => {
    const value = values[index]!;
    return how === "add"
      ? { source, scale, shift: shift + value }
      : { source, scale: scale * value, shift: shift * value };
  });
  return { ...image, channels };
}

/** Takes channels of an image by their indices. */
export function takeChannels(image: ImageValue, indices: readonly number[]): ImageValue {
  const { length } = image.channels;
  const channels = indices.map((index) => image.channels[index < 0 ? index + length : index]!);
  if (channels.length === 0 || channels.includes(undefined!)) {
    throw new OtherLayer(`it takes channels ${indices.join(", ")} of ${length}`);
  }
  return { ...image, channels };
}

/** Puts the channels of images after each other. */
export function joinChannels(images: readonly ImageValue[]): ImageValue {
  return { ...images[0]!, channels: images.flatMap(({ channels }) => channels) };
}

/** The number without the error of 32 bits in a factor's inverse. */
const tidy = (value: number): number => Number(value.toPrecision(6));

/**
 * Returns how pixels become the net's input; nothing if the graph leaves them as they are.
 *
 * @param notes Gets a line for each assumption.
 * @throws {OtherLayer} If channels are mixed.
 */
export function preprocessingOfChannels(
  channels: readonly ChannelOrigin[],
  notes: string[],
): Pick<FileFacts, "preprocessing"> {
  const sources = channels.map(({ source }) => source);
  const reversed = String(sources) === "2,1,0";
  const inOrder = sources.every((source, index) => source === index);
  if (!inOrder && !reversed) {
    throw new OtherLayer(`it reads the image's channels in the order ${sources.join(", ")}`);
  }
  const isPlain = channels.every(({ scale, shift }) => scale === 1 && shift === 0);
  if (isPlain && inOrder) return {};
  const rgb = reversed ? [...channels].reverse() : channels;
  const range = isPlain || rgb.every(isOfUnitRange) ? brightest : 1;
  if (range === brightest) {
    notes.push(
      isPlain
        ? "its graph reverses the channels and says no more of its input: pixels are assumed from 0 to 1"
        : "its graph subtracts a mean of at most 1: pixels are assumed from 0 to 1 before that",
    );
  }
  const [mean, deviation] = [
    rgb.map(({ scale, shift }) => tidy(range * -shift / scale) + 0),
    rgb.map(({ scale }) => tidy(range / scale)),
  ];
  if ([...mean, ...deviation].some((value) => !Number.isFinite(value))) {
    throw new OtherLayer("it multiplies the image by zero or by no number");
  }
  return {
    preprocessing: {
      normalization: normalization(mean, deviation),
      channelOrder: reversed ? "BGR" : "RGB",
    },
  };
}

/** Whether a mean and a deviation are of values from 0 to 1, rather than from 0 to 255. */
function isOfUnitRange({ scale, shift }: ChannelOrigin): boolean {
  const [mean, deviation] = [-shift / scale, 1 / scale];
  return mean >= 0 && mean <= 1 && Math.abs(deviation) <= 1;
}

type Preprocessing = NonNullable<FileFacts["preprocessing"]>;

/** Numbers of one channel, of gray images, count for all three. */
function normalization(
  mean: readonly number[],
  deviation: readonly number[],
): Preprocessing["normalization"] {
  const triple = (values: readonly number[]): [number, number, number] => [
    values[0]!,
    values[1] ?? values[0]!,
    values[2] ?? values[0]!,
  ];
  const all = (values: readonly number[], wanted: number): boolean =>
    values.every((value) => value === wanted);
  const kind = all(mean, 0) && all(deviation, brightest)
    ? "rescale"
    : all(deviation, 1)
    ? "subtract-mean"
    : "standardize";
  return { kind, mean: triple(mean), deviation: triple(deviation) };
}
