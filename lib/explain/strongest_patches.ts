import { type Normalisation, normaliseBytes } from "../data/augment/mod.ts";
import { type Batch, batches } from "../data/pipeline/batches.ts";
import { type PreparedSplit, prepareImages } from "../data/pipeline/prepared_split.ts";
import type { Image, Split } from "../data/dataset.ts";
import { requirePositiveInteger } from "../checks.ts";
import { OptionError } from "../errors.ts";
import { maxBatchSize } from "../evaluation/forward.ts";
import { tf } from "../engine/tf.ts";
import { type ReceptiveField, receptiveFields } from "../vgg/analysis/receptive_field.ts";
import type { Net } from "../weights/net.ts";
import { applyLayers, cutNetwork, largestMaps } from "./layers.ts";

/** What {@linkcode strongestPatches} looks for. */
export interface PatchOptions {
  /** The layer's channels. Default: the first twelve. */
  readonly channels?: readonly number[];
  /** Patches a channel, each of another image. Default 6. */
  readonly count?: number;
  /** Images at once. Default: as many as fit into memory. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

/** A part of an image that excites a channel. */
export interface Patch {
  /** The image's number in its split. */
  readonly sample: number;
  /** The channel's value there. */
  readonly activation: number;
  /** What the unit sees of the image that the net is shown; smaller where that ends. */
  readonly image: Image;
  /** Its place in that image. */
  readonly left: number;
  readonly top: number;
}

/** A channel and the patches that excite it most, strongest first. */
export interface ChannelPatches {
  readonly channel: number;
  readonly patches: readonly Patch[];
}

/**
 * What a layer's channels look for: the parts of a split's images that excite each most, as large as
 * what one unit sees (Zeiler & Fergus 2014, section 4.1). Images that cannot be read are left out.
 *
 * @param layer A convolution or pooling; with batch normalization `block1_conv1_relu` is what follows
 *   the normalization of `block1_conv1`.
 * @throws {OptionError} For a layer without maps, or a channel that there is not.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts ignore
 * const net = await openNet("runs/mine");
 * const { validation } = await loadDataset("drawn10");
 * const found = await strongestPatches(net, validation, "block3_conv3_relu");
 * ```
 */
export async function strongestPatches(
  { model, network, fit, normalisation }: Net,
  split: Split,
  layer: string,
  options: PatchOptions = {},
): Promise<ChannelPatches[]> {
  const { count = 6, batchSize = maxBatchSize(largestMaps(model)), signal } = options;
  requirePositiveInteger("count", count);
  const { below } = cutNetwork(model, layer);
  const field = fieldOf(layer, receptiveFields(network));
  const channels = channelsOf(below.at(-1)!, options.channels);
  const abort = signal ? { signal } : {};
  const prepared = await prepareImages(split, fit, abort);
  try {
    const best = channels.map(() => new Best(count));
    for await (const batch of batches(prepared, { batchSize, ...abort })) {
      const peaks = await peaksOf(below, batch, normalisation);
      channels.forEach((channel, index) =>
        batch.indices.forEach((image, position) =>
          best[index]!.add(peaks(position, channel, image))
        )
      );
    }
    return await Promise.all(channels.map(async (channel, index) => ({
      channel,
      patches: await Promise.all(best[index]!.peaks.map((peak) => cutOut(prepared, peak, field))),
    })));
  } finally {
    await prepared.dispose();
  }
}

/** Where in an image a channel is highest. */
interface Peak {
  readonly image: number;
  readonly row: number;
  readonly column: number;
  readonly activation: number;
}

/** The highest peaks so far. */
class Best {
  readonly #count: number;
  peaks: readonly Peak[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  add(peak: Peak): void {
    const { peaks } = this;
    if (peaks.length === this.#count && peak.activation <= peaks.at(-1)!.activation) return;
    const sorted = [...peaks, peak].sort((a, b) => b.activation - a.activation);
    this.peaks = sorted.slice(0, this.#count);
  }
}

/** Finds every channel's peak in each image of a batch. */
async function peaksOf(
  below: readonly tf.layers.Layer[],
  { length, size, pixels }: Batch,
  normalisation: Normalisation,
): Promise<(position: number, channel: number, image: number) => Peak> {
  const floats = new Float32Array(pixels.length);
  normaliseBytes(pixels, floats, normalisation);
  const [highest, places, width] = tf.tidy(() => {
    const maps = applyLayers(below, tf.tensor4d(floats, [length, size, size, 3])) as tf.Tensor4D;
    const [, , width, channels] = maps.shape;
    const units = maps.reshape([length, -1, channels]);
    return [units.max(1), units.argMax(1), width] as const;
  });
  try {
    const channels = highest.shape[1]!;
    const [activations, units] = await Promise.all([highest.data(), places.data()]);
    return (position, channel, image) => {
      const at = position * channels + channel;
      const [activation, unit] = [activations[at]!, units[at]!];
      return { image, activation, row: Math.floor(unit / width), column: unit % width };
    };
  } finally {
    tf.dispose([highest, places]);
  }
}

/** What a layer's units see; normalization and ReLU see what their convolution does. */
function fieldOf(layer: string, fields: readonly ReceptiveField[]): ReceptiveField {
  const name = layer.replace(/_(bn|relu)$/, "");
  const field = name === "block1_lrn" ? fields[0] : fields.find((field) => field.name === name);
  if (field) return field;
  const names = fields.map(({ name }) => name).join(", ");
  throw new OptionError(`layer must be one of ${names}. Received: ${layer}`);
}

function channelsOf({ outputShape }: tf.layers.Layer, asked?: readonly number[]): number[] {
  const all = Number(outputShape.at(-1));
  const channels = asked ?? Array.from({ length: Math.min(12, all) }, (_, channel) => channel);
  const wrong = channels.find((channel) => !(channel >= 0 && channel < all));
  if (wrong === undefined) return [...channels];
  throw new OptionError(`a channel must be from 0 to ${all - 1}. Received: ${wrong}`);
}

/** What the unit of a peak sees, as far as it lies within the image. */
async function cutOut(
  prepared: PreparedSplit,
  { image: index, row, column, activation }: Peak,
  { size, step }: ReceptiveField,
): Promise<Patch> {
  const whole = await prepared.image(index);
  const along = (unit: number, length: number): [number, number] => {
    // Units lie in the middle of what they see; padding lets that reach beyond the image.
    const start = unit * step + (step - size) / 2;
    return [Math.max(0, start), Math.min(length, start + size)];
  };
  const [left, right] = along(column, whole.width), [top, bottom] = along(row, whole.height);
  const data = new Uint8Array((right - left) * (bottom - top) * 3);
  for (let line = top; line < bottom; line++) {
    const start = (line * whole.width + left) * 3;
    const end = (line * whole.width + right) * 3;
    data.set(whole.data.subarray(start, end), (line - top) * (right - left) * 3);
  }
  const image = { width: right - left, height: bottom - top, data };
  return { sample: prepared.samples[index]!, activation, image, left, top };
}
