import type { Resize, Split } from "../data/dataset.ts";
import type { Decoding } from "../data/pipeline/decode_ahead.ts";
import {
  type PreparedSplit,
  prepareImages,
  type PrepareOptions,
} from "../data/pipeline/prepared_split.ts";
import { type Shard, shardIndices, unsharded } from "../data/pipeline/shard.ts";
import { subset } from "../data/subset.ts";
import { defined } from "../defined.ts";
import type { OnActivity } from "../display/activity.ts";
import { repeatedPrecision } from "../engine/precision.ts";
import type { tf } from "../engine/tf.ts";
import type { Engine } from "../engine/engine.ts";
import { recordedNetwork } from "../runs/load_model.ts";
import type { RunRecord } from "../runs/run_record.ts";
import type { TestTime } from "../runs/schemas.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import { DataWait } from "./data_wait.ts";
import { Evaluator } from "./evaluator.ts";
import { Posteriors } from "./posteriors.ts";
import { type Pass, passesOf, resizeForPass, type TestedRun } from "./test_time.ts";

/** What the record of a run, or the description of a file's net, says of how a net is tested. */
export type TestedNet = TestedRun & Pick<RunRecord, "precision">;

/** A network and how it is tested. */
export interface EvaluatedModel {
  readonly record: TestedNet;
  readonly testTime: TestTime;
  /** Loads the network with activation `linear`. */
  readonly load: () => Promise<tf.LayersModel>;
}

/** How {@linkcode predictRuns} works. */
export interface PredictRunsOptions {
  readonly engine: Engine;
  /** The images of one worker. Default: all. */
  readonly shard?: Shard;
  /** All images at one size, if they are decoded already. They are disposed of. */
  readonly prepared?: { readonly resize: Resize; readonly images: PreparedSplit } | undefined;
  /** The images of the first pass, if they are decoded meanwhile. `prepared` is disposed of. */
  readonly decoding?: {
    readonly resize: Resize;
    readonly decoded: Decoding;
    /** Called when all are decoded and predicted. */
    readonly onDecoded: (images: PreparedSplit) => Promise<void>;
  };
  readonly signal?: AbortSignal;
  /** Called while images are read at another size. */
  readonly onPrepare?: OnActivity;
  readonly onProgress?: (done: number, total: number) => void;
  /** Called at the end with the share of the time in which the networks waited for decoded images. */
  readonly onDataWait?: (share: number) => void;
}

/**
 * Predicts the images of a split with one or several nets and averages their posteriors. Only one
 * network and one scale of the images are in memory at a time.
 */
export async function predictRuns(
  models: readonly EvaluatedModel[],
  split: Split,
  options: PredictRunsOptions,
): Promise<Posteriors> {
  const posteriors = new Posteriors(
    split.length,
    models[0]!.record.model.classes,
    split.labels,
  );
  const indices = shardIndices(split.length, options.shard ?? unsharded);
  const into: Pick<Posteriors, "add"> = {
    add: (image, ...rest) => posteriors.add(indices[image]!, ...rest),
  };
  const images = new PreparedImages(subset(split, [...indices]), options);
  const wait = new DataWait();
  const trackPass = progressTracker(models, split.length, options.onProgress);
  let { decoding } = options;
  try {
    for (const model of models) {
      const { record, testTime } = model;
      const evaluator = await loadEvaluator(model, options);
      try {
        for (const pass of passesOf(testTime)) {
          const shared = { ...pass, share: pass.share / models.length };
          const hooks = {
            wait,
            onProgress: trackPass(costOf(record, pass)),
            ...(options.signal ? { signal: options.signal } : {}),
          };
          if (decoding) {
            const { decoded, resize, onDecoded } = decoding;
            decoding = undefined;
            await evaluator.predictCenters(decoded.images, split.length, shared, into, hooks);
            await onDecoded(images.keep(resize, await decoded.prepared));
            continue;
          }
          const resized = await images.resized(resizeForPass(record, pass));
          await evaluator.predict(resized, shared, into, hooks);
        }
      } finally {
        evaluator.dispose();
      }
    }
  } finally {
    await images.dispose();
  }
  options.onDataWait?.(wait.share);
  return posteriors;
}

/**
 * Converts the progress of single passes into images done of all images.
 *
 * @returns Call it with the cost of each pass in order, then its result with the fraction of the pass
 *   that is done.
 */
function progressTracker(
  models: readonly EvaluatedModel[],
  images: number,
  onProgress: PredictRunsOptions["onProgress"] = () => {},
): (cost: number) => (fraction: number) => void {
  const costs = models.flatMap(({ record, testTime }) =>
    passesOf(testTime).map((pass) => costOf(record, pass))
  );
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  let started = 0;
  return (cost) => {
    const before = started;
    started += cost;
    return (fraction) => {
      // The small term lets the last image count as done in spite of rounding.
      const done = Math.floor(images * (before + fraction * cost) / total + 1e-6);
      onProgress(done, images);
    };
  };
}

async function loadEvaluator(
  { record, testTime: { flip, shift }, load }: EvaluatedModel,
  { engine }: PredictRunsOptions,
): Promise<Evaluator> {
  const { data: { normalization }, precision } = record;
  return new Evaluator(await load(), recordedNetwork(record), {
    normalization,
    flip,
    shift,
    // The run may come from a machine with a precision that this engine lacks.
    precision: repeatedPrecision(precision, engine),
  });
}

/** The approximate cost of a pass per image, in multiply-adds. */
function costOf(record: TestedNet, { crops, scale }: Pass): number {
  const { macs } = countVGG(recordedNetwork(record));
  return macs * { center: 1, dense: (scale / record.model.inputSize) ** 2, multi: 25 }[crops];
}

/** The images of a split, decoded again only if the next pass needs another size. */
class PreparedImages {
  readonly #split: Split;
  readonly #options: Pick<PrepareOptions, "signal" | "onProgress">;
  #current: { readonly key: string; readonly images: PreparedSplit } | undefined;

  constructor(
    split: Split,
    { prepared, signal, onPrepare }: Pick<PredictRunsOptions, "prepared" | "signal" | "onPrepare">,
  ) {
    this.#split = split;
    this.#options = {
      ...defined({ signal, onProgress: onPrepare }),
    };
    if (prepared) this.keep(prepared.resize, prepared.images);
  }

  /** Keeps images until those of another size are asked for, and disposes of them. */
  keep(resize: Resize, images: PreparedSplit): PreparedSplit {
    this.#current = { key: keyOf(resize), images };
    return images;
  }

  async resized(resize: Resize): Promise<PreparedSplit> {
    const key = keyOf(resize);
    if (this.#current?.key !== key) {
      await this.dispose();
      this.#current = { key, images: await prepareImages(this.#split, resize, this.#options) };
    }
    return this.#current.images;
  }

  async dispose(): Promise<void> {
    await this.#current?.images.dispose();
    this.#current = undefined;
  }
}

/** A text that is the same for equal sizes. */
export function keyOf({ mode, size, shortestSide = size }: Resize): string {
  return [mode, size, ...(mode === "crop" ? [shortestSide] : [])].join(" ");
}
