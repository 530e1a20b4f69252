import { setImmediate } from "node:timers/promises";
import { type Normalization, normalizeBytes } from "../data/augment/mod.ts";
import type { Image } from "../data/dataset.ts";
import { prefetched } from "../data/pipeline/prefetched.ts";
import type { PreparedSplit } from "../data/pipeline/prepared_split.ts";
import type { Precision } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import { toFullyConvolutional } from "../vgg/fully_convolutional.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { DataWait } from "./data_wait.ts";
import {
  compileForward,
  type Forward,
  maxBatchSize,
  withMirrored,
  withShifted,
} from "./forward.ts";
import type { Posteriors } from "./posteriors.ts";
import type { Pass } from "./test_time.ts";
import { centerBatches, groupViews, type ViewBatch, viewBatches, type ViewGroup } from "./views.ts";

/** How an {@linkcode Evaluator} computes. */
export interface EvaluatorOptions {
  readonly normalization: Normalization;
  readonly precision: Precision;
  /** Whether to average predictions with those of the mirrored views. */
  readonly flip: boolean;
  /** The pixels by which views are also shifted; see {@linkcode withShifted}. Default 0. */
  readonly shift?: number | undefined;
}

interface PredictSplitOptions {
  readonly signal?: AbortSignal;
  /** Called with the fraction of the views that are done. */
  readonly onProgress?: (fraction: number) => void;
  /** Measures how long the network waits for images. */
  readonly wait?: DataWait;
}

/** What batches of views are and where their predictions go. */
interface BatchOptions extends Pick<ViewGroup, "height" | "width"> {
  /** Views in a batch. */
  readonly count: number;
  /** Views in all batches. */
  readonly total: number;
  /** Receives each prediction under the `image` of its view. */
  readonly into: Pick<Posteriors, "add">;
  readonly hooks: PredictSplitOptions;
  readonly wait: DataWait;
  /** Called with the views that are done. */
  readonly onDone: (views: number) => void;
}

/** Predicts images of any size with a network that returns logits. */
export class Evaluator {
  readonly #model: tf.LayersModel;
  readonly #inputSize: number;
  readonly #options: EvaluatorOptions;
  readonly #bytesPerPixel: number;
  #dense: tf.LayersModel | undefined;

  /** @param model Built from `network`, with activation `linear`; {@linkcode dispose} disposes it. */
  constructor(
    model: tf.LayersModel,
    network: VGGOptions & { inputSize: number },
    options: EvaluatorOptions,
  ) {
    this.#model = model;
    this.#inputSize = network.inputSize;
    this.#options = options;
    this.#bytesPerPixel = countVGG(network).activationBytes.inference / network.inputSize ** 2;
  }

  /**
   * Predicts every image of a split in one pass.
   *
   * @param into Receives each prediction under the image's sample number, weighted by the view's
   *   share of `pass.share`.
   * @throws The signal's reason when it aborts.
   */
  async predict(
    split: PreparedSplit,
    pass: Pass,
    into: Pick<Posteriors, "add">,
    hooks: PredictSplitOptions = {},
  ): Promise<void> {
    const groups = await groupViews(split, pass.crops, this.#inputSize);
    const total = groups.reduce((sum, { views }) => sum + views.length, 0);
    let before = 0;
    for (const group of groups) {
      const count = this.#batchSize(group, group.views.length);
      const done = await this.#predictBatches(viewBatches(split, group, count), pass, {
        ...{ ...group, count, total: group.views.length },
        ...{ hooks, wait: hooks.wait ?? new DataWait() },
        into: { add: (image, ...rest) => into.add(split.samples[image]!, ...rest) },
        onDone: (done) => hooks.onProgress?.((before + done) / total),
      });
      before += done;
    }
  }

  /**
   * Predicts the centers of images as they come.
   *
   * @param images The images, each with the number under which `into` receives its prediction.
   * @param total The number of images; fewer may come.
   */
  async predictCenters(
    images: AsyncIterable<readonly [number, Image]>,
    total: number,
    pass: Pass,
    into: Pick<Posteriors, "add">,
    hooks: PredictSplitOptions = {},
  ): Promise<void> {
    const size = this.#inputSize;
    const view = { height: size, width: size };
    const count = this.#batchSize(view, total);
    await this.#predictBatches(centerBatches(images, size, count), pass, {
      ...{ ...view, count, total, into, hooks, wait: hooks.wait ?? new DataWait() },
      onDone: (done) => hooks.onProgress?.(done / total),
    });
    hooks.onProgress?.(1); // Also of fewer images.
  }

  dispose(): void {
    this.#model.dispose();
    this.#dense?.dispose();
  }

  /** Computes posteriors `[views, classes]`, averaged with those of the mirrored views if asked. */
  #forwardFor({ crops }: Pass): Forward {
    const model = crops === "dense"
      ? this.#dense ??= toFullyConvolutional(this.#model)
      : this.#model;
    const posteriors = (images: tf.Tensor4D): tf.Tensor2D =>
      tf.softmax(model.apply(images) as tf.Tensor2D);
    const { flip, shift = 0 } = this.#options;
    const forward = flip ? withMirrored(posteriors) : posteriors;
    return shift > 0 ? withShifted(forward, shift) : forward;
  }

  /**
   * Predicts batches of views of one size, and returns the number of views. It compiles for that size and
   * disposes what it compiled at the end, so that many sizes take no memory.
   */
  async #predictBatches(
    batches: AsyncIterable<ViewBatch>,
    pass: Pass,
    { height, width, count, total, into, hooks: { signal }, wait, onDone }: BatchOptions,
  ): Promise<number> {
    const forward = this.#forwardFor(pass);
    const compiled = compileForward(forward, total / count, this.#options.precision);
    let done = 0;
    try {
      for await (const { views, floats } of wait.track(prefetched(this.#normalize(batches)))) {
        const images = tf.tensor4d(floats, [views.length, height, width, 3]);
        const output = await wait.compute(async () => {
          const output = await compiled.callAsync(images).finally(() => images.dispose());
          return await output.data<"float32">().finally(() => output.dispose());
        });
        const classes = output.length / views.length;
        views.forEach(({ image, share }, position) => {
          const probabilities = output.subarray(position * classes, (position + 1) * classes);
          into.add(image, probabilities, share * pass.share);
        });
        done += views.filter(({ share }) => share > 0).length;
        onDone(done);
        // Lets timers and signals run, also when the engine computes on this thread.
        await setImmediate();
        signal?.throwIfAborted();
      }
      return done;
    } finally {
      compiled.dispose();
    }
  }

  /** The number of views that fit into memory at once, or a little less, so that all batches have the same size. */
  #batchSize({ height, width }: Pick<ViewGroup, "height" | "width">, views: number): number {
    const { flip, shift } = this.#options;
    const bytes = this.#bytesPerPixel * height * width * (flip ? 2 : 1) * (shift ? 3 : 1);
    return Math.ceil(views / Math.ceil(views / maxBatchSize(bytes)));
  }

  async *#normalize(
    batches: AsyncIterable<ViewBatch>,
  ): AsyncGenerator<{ views: ViewBatch["views"]; floats: Float32Array }, void, void> {
    for await (const { views, pixels } of batches) {
      const floats = new Float32Array(pixels.length);
      normalizeBytes(pixels, floats, this.#options.normalization);
      yield { views, floats };
    }
  }
}
