import { jsonFields, jsonNumbers, jsonText } from "./json.ts";
import type { Argument } from "./calls.ts";
import type { ModelLayer } from "./config.ts";
import { operationOf } from "./operations.ts";
import { affine, type Pixels, withUnknown } from "./pixels.ts";

/** Reads the values of the arrays of a layer, in Keras's order. */
export type ReadValues = (layer: ModelLayer) => Promise<readonly (readonly number[])[]>;

/** Layers that change images only in training. */
const trainingOnly =
  /^(Random|Rand|Gaussian|Spatial|Alpha)?(Dropout|Noise)|^Rand|^(MixUp|CutMix|AugMix|ActivityRegul)/;

/** Layers that a net consists of, with which its work on features begins. */
const ofNets =
  /Conv|Dense|Pool|Flatten|Padding|Activation|ReLU|LSTM|GRU|Embedding|Attention|Reshape|Permute|Locally/;

/**
 * Applies a layer to images inside a model, as far as its effect is known.
 *
 * @returns `undefined` if the net's work on features begins with the layer.
 */
export async function preprocess(
  layer: ModelLayer,
  args: readonly Argument<Pixels>[],
  readValues: ReadValues,
): Promise<Pixels | undefined> {
  const { className, name } = layer;
  const [pixels] = args.flatMap((one) => one.kind === "value" ? [one.value] : []);
  if (!pixels) return undefined;
  if (trainingOnly.test(className) && className !== "RandomCrop") {
    return { ...pixels, skipped: [...pixels.skipped, name] };
  }
  const done = resize(layer, pixels) ?? await normalize(layer, pixels, readValues) ??
    operationOf(layer)?.(args, layer) ?? namedFunction(layer, pixels);
  if (done) return done;
  return ofNets.test(className) ? undefined : withUnknown(pixels, `${name} (${className})`);
}

/** Layers that give images another size, which images get directly here. */
function resize({ className, name, config }: ModelLayer, pixels: Pixels): Pixels | undefined {
  const { height, width, size: factors } = config;
  const resized = (size: Pixels["size"]): Pixels => ({
    ...pixels,
    size,
    notes: [
      ...pixels.notes,
      `its layer ${name} (${className}) is left out: images are resized at once`,
    ],
  });
  if (/^(Resizing|CenterCrop|RandomCrop)$/.test(className)) {
    return resized(jsonNumbers([height ?? null, width ?? null]));
  }
  if (className !== "UpSampling2D") return undefined;
  const [vertical = 1, horizontal = vertical] = jsonNumbers(factors);
  const [rows = null, columns = null] = pixels.size;
  return resized([rows && rows * vertical, columns && columns * horizontal]);
}

async function normalize(
  layer: ModelLayer,
  pixels: Pixels,
  readValues: ReadValues,
): Promise<Pixels | undefined> {
  const { className, config } = layer;
  if (className === "Rescaling") {
    return affine(pixels, jsonNumbers(config.scale), jsonNumbers(config.offset));
  }
  if (className === "Normalization") {
    const given = [jsonNumbers(config.mean), jsonNumbers(config.variance)];
    const [mean = [], variance = []] = given[0]!.length > 0 ? given : await readValues(layer);
    const deviation = variance.map((value) => Math.max(Math.sqrt(value), 1e-7));
    if (config.invert === true) return affine(pixels, deviation, mean);
    const scale = deviation.map((value) => 1 / value);
    return affine(pixels, scale, mean.map((value, index) => -value * scale[index]!));
  }
  if (className !== "BatchNormalization") return undefined;
  const values = [...await readValues(layer)];
  const gamma = config.scale === false ? undefined : values.shift();
  const beta = config.center === false ? undefined : values.shift();
  const [mean = [], variance = []] = values;
  const epsilon = typeof config.epsilon === "number" ? config.epsilon : 1e-3;
  const scale = variance.map((value, at) => (gamma?.[at] ?? 1) / Math.sqrt(value + epsilon));
  return affine(pixels, scale, mean.map((value, at) => (beta?.[at] ?? 0) - value * scale[at]!));
}

/** Keras's `preprocess_input` for VGG nets, in a layer that only names it. Code is never run. */
function namedFunction(
  { className, name, config }: ModelLayer,
  pixels: Pixels,
): Pixels | undefined {
  if (className !== "Lambda" || pixels.channels.length !== 3) return undefined;
  const called = jsonText(config.function) || jsonText(jsonFields(config.function).config);
  const module = jsonText(config.module) || jsonText(jsonFields(config.function).module);
  if (called !== "preprocess_input" || /applications\.(?!vgg|resnet50$)/.test(module)) {
    return undefined;
  }
  const assumed = `its layer ${name} calls a function preprocess_input, which is not run: ` +
    "assumed that of Keras's VGG nets";
  const reversed = { ...pixels, channels: pixels.channels.toReversed(), assumed };
  return affine(reversed, [1], [-103.939, -116.779, -123.68]);
}
