import { type Normalization, normalizeBytes } from "../data/augment/mod.ts";
import type { Image, Split } from "../data/dataset.ts";
import { type Batch, batches } from "../data/pipeline/batches.ts";
import { type PreparedSplit, prepareImages } from "../data/pipeline/prepared_split.ts";
import { tf } from "../engine/tf.ts";
import { OptionError, requirePositiveInteger } from "../errors.ts";
import { maxBatchSize } from "../evaluation/forward.ts";
import { type ReceptiveField, receptiveFields } from "../vgg/analysis/receptive_field.ts";
import type { Net } from "../weights/net.ts";
import { applyLayers, cutNetwork, largestMaps } from "./layers.ts";

/** How {@linkcode strongestPatches} works. */
export interface PatchOptions {
  /** The channels of the layer. Default: the first twelve. */
  readonly channels?: readonly number[];
  /** Patches per channel, each from a different image. Default 6. */
  readonly count?: number;
  /** Images per batch. Default: as many as fit into memory. */
  readonly batchSize?: number;
  /** Stops the computation between two batches. */
  readonly signal?: AbortSignal;
}

/** A part of an image that activates a channel. */
export interface Patch {
  /** The index of the image in its split. */
  readonly sample: number;
  /** The activation of the channel there. */
  readonly activation: number;
  /** The unit's receptive field, cut out of the network's input; smaller at the image's edge. */
  readonly image: Image;
  /** The column of the patch in the network's input, in pixels. */
  readonly left: number;
  /** The row of the patch in the network's input, in pixels. */
  readonly top: number;
}

/** A channel and the patches that activate it most, strongest first. */
export interface ChannelPatches {
  /** The index of the channel. */
  readonly channel: number;
  /** Each from a different image. */
  readonly patches: readonly Patch[];
}

/**
 * Finds the parts of a split's images that activate each channel of a layer most. A patch is the
 * receptive field of one unit (Zeiler & Fergus 2014, section 4.1). Unreadable images are skipped.
 *
 * @param layer A convolution or pooling. With batch normalization, `block1_conv1_relu` is the output
 *   of `block1_conv1` after normalization and ReLU.
 * @throws {OptionError} If the layer has no feature maps, or a channel does not exist.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts ignore
 * import { loadDataset, show } from "vgg";
 * import { strongestPatches } from "vgg/explain";
 * import { patchesFigure } from "vgg/figures";
 * import { openNet } from "vgg/weights";
 *
 * const net = await openNet("runs/mine");
 * const { validation } = await loadDataset("drawn10");
 * const channels = await strongestPatches(net, validation, "block3_conv3_relu");
 * await show(await patchesFigure(channels));
 * ```
 */
export async function strongestPatches(
  { model, network, fit, normalization }: Net,
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
    const top = channels.map(() => new TopPeaks(count));
    for await (const batch of batches(prepared, { batchSize, ...abort })) {
      const peakOf = await peaksOf(below, batch, normalization);
      channels.forEach((channel, index) =>
        batch.indices.forEach((image, position) =>
          top[index]!.add(peakOf(position, channel, image))
        )
      );
    }
    return await Promise.all(channels.map(async (channel, index) => ({
      channel,
      patches: await Promise.all(top[index]!.peaks.map((peak) => cutOut(prepared, peak, field))),
    })));
  } finally {
    await prepared.dispose();
  }
}

/** The unit with the highest activation of a channel in an image. */
interface Peak {
  readonly image: number;
  readonly row: number;
  readonly column: number;
  readonly activation: number;
}

/** The highest peaks so far, highest first. */
class TopPeaks {
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

/** Finds the peak of every channel in each image of a batch. */
async function peaksOf(
  below: readonly tf.layers.Layer[],
  { length, size, pixels }: Batch,
  normalization: Normalization,
): Promise<(position: number, channel: number, image: number) => Peak> {
  const floats = new Float32Array(pixels.length);
  normalizeBytes(pixels, floats, normalization);
  const [highest, positions, width] = tf.tidy(() => {
    const maps = applyLayers(below, tf.tensor4d(floats, [length, size, size, 3])) as tf.Tensor4D;
    const [, , width, channels] = maps.shape;
    const units = maps.reshape([length, -1, channels]);
    return [units.max(1), units.argMax(1), width] as const;
  });
  try {
    const channels = highest.shape[1]!;
    const [activations, units] = await Promise.all([highest.data(), positions.data()]);
    return (position, channel, image) => {
      const at = position * channels + channel;
      const [activation, unit] = [activations[at]!, units[at]!];
      return { image, activation, row: Math.floor(unit / width), column: unit % width };
    };
  } finally {
    tf.dispose([highest, positions]);
  }
}

/** The receptive field of a layer's units; normalization and ReLU have that of their convolution. */
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
  const invalid = channels.find((channel) => !(channel >= 0 && channel < all));
  if (invalid === undefined) return [...channels];
  throw new OptionError(`a channel must be from 0 to ${all - 1}. Received: ${invalid}`);
}

/** Cuts out the receptive field of a peak's unit, as far as it lies within the image. */
async function cutOut(
  prepared: PreparedSplit,
  { image: index, row, column, activation }: Peak,
  { size, step }: ReceptiveField,
): Promise<Patch> {
  const source = await prepared.image(index);
  const along = (unit: number, length: number): [number, number] => {
    // A unit is in the middle of its receptive field, which padding lets reach beyond the image.
    const start = unit * step + (step - size) / 2;
    return [Math.max(0, start), Math.min(length, start + size)];
  };
  const [left, right] = along(column, source.width), [top, bottom] = along(row, source.height);
  const data = new Uint8Array((right - left) * (bottom - top) * 3);
  for (let y = top; y < bottom; y++) {
    const start = (y * source.width + left) * 3;
    const end = (y * source.width + right) * 3;
    data.set(source.data.subarray(start, end), (y - top) * (right - left) * 3);
  }
  const image = { width: right - left, height: bottom - top, data };
  return { sample: prepared.samples[index]!, activation, image, left, top };
}
