import { setImmediate } from "node:timers/promises";
import { type Normalisation, normaliseBytes } from "../data/augment/mod.ts";
import type { PreparedSplit } from "../data/cache.ts";
import { compile, type Compiled, type Precision } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { countVGG } from "../vgg/count.ts";
import { denseForm } from "../vgg/dense_form.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { imagesAtOnce } from "./images_at_once.ts";
import type { Posteriors } from "./posteriors.ts";
import type { Pass } from "./test_time.ts";
import { groupViews, type ViewBatch, viewBatches, type ViewGroup } from "./views.ts";

/** Recording a function costs a few batches, and saves a part of each. */
const worthCompiling = 6;

/** How a network is shown pictures. */
export interface NetOptions {
  readonly normalisation: Normalisation;
  readonly precision: Precision;
  /** Whether predictions are averaged with those of the mirrored views. */
  readonly flip: boolean;
}

/** What goes on while pictures are looked at. */
export interface LookOptions {
  readonly signal?: AbortSignal;
  /** Told of the share of the views that are done. */
  readonly onProgress?: (share: number) => void;
}

type See = (images: tf.Tensor4D) => tf.Tensor2D;

/** Averages what is seen in images with what is seen in the mirrored ones. */
export function withMirrored(see: See): See {
  return (images) => {
    const both = see(tf.concat([images, tf.reverse(images, 2)]));
    return both.reshape([2, images.shape[0], -1]).mean<tf.Tensor2D>(0);
  };
}

/** A network that gives logits, ready to be shown pictures of any size. */
export class TestedNet {
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
   * Predicts every picture of a split as one pass shows it.
   *
   * @param into Gets the predictions, each for its share of `pass.share`, under the pictures' sample
   *   numbers.
   * @throws The signal's reason when it aborts.
   */
  async look(
    split: PreparedSplit,
    pass: Pass,
    into: Pick<Posteriors, "add">,
    { signal, onProgress }: LookOptions = {},
  ): Promise<void> {
    const groups = await groupViews(split, pass.glance, this.#size);
    const all = groups.reduce((sum, { views }) => sum + views.length, 0);
    const see = this.#seeing(pass);
    let seen = 0;
    for (const group of groups) {
      for await (const [{ views }, rows] of this.#predict(see, split, group)) {
        const classes = rows.length / views.length;
        views.forEach(({ picture, share }, position) => {
          const row = rows.subarray(position * classes, (position + 1) * classes);
          into.add(split.samples[picture]!, row, share * pass.share);
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
  #seeing({ glance }: Pass): See {
    const net = glance === "dense" ? this.#dense ??= denseForm(this.#model) : this.#model;
    const posteriors = (images: tf.Tensor4D): tf.Tensor2D =>
      tf.softmax(net.apply(images) as tf.Tensor2D);
    return this.#options.flip ? withMirrored(posteriors) : posteriors;
  }

  async *#predict(
    see: See,
    split: PreparedSplit,
    group: ViewGroup,
  ): AsyncGenerator<[ViewBatch, Float32Array], void, void> {
    const count = this.#atOnce(group);
    const predict = this.#ready(see, group.views.length / count);
    try {
      for await (const batch of viewBatches(split, group, count)) {
        const images = this.#imagesOf(batch, group);
        try {
          const output = await predict.aside(images);
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
  #atOnce({ height, width, views }: ViewGroup): number {
    const bytes = this.#bytesPerPixel * height * width * (this.#options.flip ? 2 : 1);
    return Math.ceil(views.length / Math.ceil(views.length / imagesAtOnce(bytes)));
  }

  /**
   * Compiled for one size of views, and disposed of after it: pictures of many shapes leave nothing
   * behind. A shape that is rare runs as it is, but where only compiled functions have the precision.
   */
  #ready(see: See, batches: number): Compiled<readonly [tf.Tensor4D], tf.Tensor2D> {
    const { precision } = this.#options;
    if (batches >= worthCompiling || precision !== "float32") return compile(see, { precision });
    const run = (images: tf.Tensor4D): tf.Tensor2D => tf.tidy(() => see(images));
    const aside = (images: tf.Tensor4D): Promise<tf.Tensor2D> => Promise.resolve(run(images));
    return Object.assign(run, { aside, dispose: () => {} });
  }

  #imagesOf({ views, pixels }: ViewBatch, { height, width }: ViewGroup): tf.Tensor4D {
    const floats = new Float32Array(pixels.length);
    normaliseBytes(pixels, floats, this.#options.normalisation);
    return tf.tensor4d(floats, [views.length, height, width, 3]);
  }
}
