import { setImmediate } from "node:timers/promises";
import { type Normalisation, normaliseBytes } from "../data/augment/mod.ts";
import type { PreparedSplit } from "../data/pipeline/prepared_split.ts";
import { compile, type Compiled, type Precision } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import { toFullyConvolutional } from "../vgg/fully_convolutional.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { maxBatchSize } from "./images_at_once.ts";
import type { Posteriors } from "./posteriors.ts";
import type { Pass } from "./test_time.ts";
import { groupViews, type ViewBatch, viewBatches, type ViewGroup } from "./views.ts";

/** Recording a function costs a few batches, and saves a part of each. */
const worthCompiling = 6;

/** How a network is shown images. */
export interface NetOptions {
  readonly normalisation: Normalisation;
  readonly precision: Precision;
  /** Whether predictions are averaged with those of the mirrored views. */
  readonly flip: boolean;
}

/** What goes on while images are looked at. */
export interface EvaluatorOptions {
  readonly signal?: AbortSignal;
  /** Told of the share of the views that are done. */
  readonly onProgress?: (share: number) => void;
}

type Forward = (images: tf.Tensor4D) => tf.Tensor2D;

/** Averages the posteriors of images with those of the mirrored images. */
export function withMirrored(forward: Forward): Forward {
  return (images) => {
    const both = forward(tf.concat([images, tf.reverse(images, 2)]));
    return both.reshape([2, images.shape[0], -1]).mean<tf.Tensor2D>(0);
  };
}

/** A network that gives logits, ready to be shown images of any size. */
export class Evaluator {
  readonly #model: tf.LayersModel;
  readonly #size: number;
  readonly #options: NetOptions;
  readonly #bytesPerPixel: number;
  #dense: tf.LayersModel | undefined;

  /** @param model Of `network`, with activation `linear`; from now on disposed of with this. */
  constructor(
    model: tf.LayersModel,
    network: VGGOptions & { inputSize: number },
    options: NetOptions,
  ) {
    this.#model = model;
    this.#size = network.inputSize;
    this.#options = options;
    this.#bytesPerPixel = countVGG(network).activationBytes.inference / network.inputSize ** 2;
  }

  /**
   * Predicts every image of a split as one pass shows it.
   *
   * @param into Gets the predictions, each for its share of `pass.share`, under the images' sample
   *   numbers.
   * @throws The signal's reason when it aborts.
   */
  async predict(
    split: PreparedSplit,
    pass: Pass,
    into: Pick<Posteriors, "add">,
    { signal, onProgress }: EvaluatorOptions = {},
  ): Promise<void> {
    const groups = await groupViews(split, pass.crops, this.#size);
    const all = groups.reduce((sum, { views }) => sum + views.length, 0);
    const see = this.#forwardFor(pass);
    let seen = 0;
    for (const group of groups) {
      for await (const [{ views }, rows] of this.#predictBatches(see, split, group)) {
        const classes = rows.length / views.length;
        views.forEach(({ image, share }, position) => {
          const row = rows.subarray(position * classes, (position + 1) * classes);
          into.add(split.samples[image]!, row, share * pass.share);
        });
        seen += views.filter(({ share }) => share > 0).length;
        onProgress?.(seen / all);
        // Lets timers and signals have their turn, also where the engine works on this thread.
        await setImmediate();
        signal?.throwIfAborted();
      }
    }
  }

  dispose(): void {
    this.#model.dispose();
    this.#dense?.dispose();
  }

  /** Posteriors `[views, classes]` of images, averaged with the mirrored ones where that is asked for. */
  #forwardFor({ crops: glance }: Pass): Forward {
    const net = glance === "dense"
      ? this.#dense ??= toFullyConvolutional(this.#model)
      : this.#model;
    const posteriors = (images: tf.Tensor4D): tf.Tensor2D =>
      tf.softmax(net.apply(images) as tf.Tensor2D);
    return this.#options.flip ? withMirrored(posteriors) : posteriors;
  }

  async *#predictBatches(
    see: Forward,
    split: PreparedSplit,
    group: ViewGroup,
  ): AsyncGenerator<[ViewBatch, Float32Array], void, void> {
    const count = this.#batchSize(group);
    const predict = this.#ready(see, group.views.length / count);
    try {
      for await (const batch of viewBatches(split, group, count)) {
        const images = this.#imagesOf(batch, group);
        try {
          const output = await predict.callAsync(images);
          yield [batch, await output.data<"float32">().finally(() => output.dispose())];
        } finally {
          images.dispose();
        }
      }
    } finally {
      predict.dispose();
    }
  }

  /** How many of a group's views fit into memory at once, or a little fewer, for batches of one length. */
  #batchSize({ height, width, views }: ViewGroup): number {
    const bytes = this.#bytesPerPixel * height * width * (this.#options.flip ? 2 : 1);
    return Math.ceil(views.length / Math.ceil(views.length / maxBatchSize(bytes)));
  }

  /**
   * Compiled for one size of views, and disposed of after it: images of many shapes leave nothing
   * behind. A shape that is rare runs as it is, but where only compiled functions have the precision.
   */
  #ready(see: Forward, batches: number): Compiled<readonly [tf.Tensor4D], tf.Tensor2D> {
    const { precision } = this.#options;
    if (batches >= worthCompiling || precision !== "float32") return compile(see, { precision });
    const run = (images: tf.Tensor4D): tf.Tensor2D => tf.tidy(() => see(images));
    const callAsync = (images: tf.Tensor4D): Promise<tf.Tensor2D> => Promise.resolve(run(images));
    return Object.assign(run, { callAsync, dispose: () => {} });
  }

  #imagesOf({ views, pixels }: ViewBatch, { height, width }: ViewGroup): tf.Tensor4D {
    const floats = new Float32Array(pixels.length);
    normaliseBytes(pixels, floats, this.#options.normalisation);
    return tf.tensor4d(floats, [views.length, height, width, 3]);
  }
}
