import { type PreparedSplit, prepareImages } from "../data/pipeline/prepared_split.ts";
import type { Dataset, Resize, Split } from "../data/dataset.ts";
import { type Shard, shardIndices, unsharded } from "../data/pipeline/shard.ts";
import { subset } from "../data/subset.ts";
import type { Engine } from "../engine/use_engine.ts";
import { resolvePrecision } from "../engine/precision.ts";
import type { tf } from "../engine/tf.ts";
import { recordedNetwork } from "../runs/load_model.ts";
import type { TestTime } from "../runs/schemas.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import { Posteriors } from "./posteriors.ts";
import { Evaluator } from "./evaluator.ts";
import { type Pass, passesOf, resizeForPass } from "./test_time.ts";

/** A run's net and how it looks at images. */
export interface EvaluatedModel {
  readonly record: RunRecord;
  readonly testTime: TestTime;
  /** Gives the net, which gives logits. */
  readonly load: () => Promise<tf.LayersModel>;
}

/** How {@linkcode predictRuns} works. */
export interface PredictRunsOptions {
  readonly engine: Engine;
  /** Only a worker's part of the images. */
  readonly part?: Shard;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Predicts the validation images of a data set: the mean posteriors of all runs, one net and one
 * scale of the images in memory at a time.
 */
export async function predictRuns(
  tested: readonly EvaluatedModel[],
  { validation, classes }: Dataset,
  options: PredictRunsOptions,
): Promise<Posteriors> {
  const posteriors = new Posteriors(validation.length, classes.length);
  const places = shardIndices(validation.length, options.part ?? unsharded);
  const into: Pick<Posteriors, "add"> = {
    add: (image, ...rest) => posteriors.add(places[image]!, ...rest),
  };
  const images = new Prepared(subset(validation, [...places]), options.signal);
  const following = progressTracker(tested, validation.length, options.onProgress);
  try {
    for (const one of tested) {
      const { record, testTime } = one;
      const net = await loadNet(one, options);
      try {
        for (const pass of passesOf(testTime)) {
          const split = await images.fitted(resizeForPass(record, pass));
          await net.predict(split, { ...pass, share: pass.share / tested.length }, into, {
            onProgress: following(costOf(record, pass)),
            ...(options.signal ? { signal: options.signal } : {}),
          });
        }
      } finally {
        net.dispose();
      }
    }
  } finally {
    await images.dispose();
  }
  return posteriors;
}

/** Makes of the share of each pass that is done, one after the other, images done of all. */
function progressTracker(
  tested: readonly EvaluatedModel[],
  images: number,
  tell: PredictRunsOptions["onProgress"] = () => {},
): (cost: number) => (share: number) => void {
  const costs = tested.flatMap(({ record, testTime }) =>
    passesOf(testTime).map((pass) => costOf(record, pass))
  );
  const whole = costs.reduce((sum, cost) => sum + cost, 0);
  let begun = 0;
  return (cost) => {
    const before = begun;
    begun += cost;
    // A hair more: rounding must not keep the last image from being done.
    return (share) => tell(Math.floor(images * (before + share * cost) / whole + 1e-6), images);
  };
}

async function loadNet(
  { record, testTime: { flip }, load }: EvaluatedModel,
  { engine }: PredictRunsOptions,
): Promise<Evaluator> {
  const { data: { normalisation }, precision } = record;
  return new Evaluator(await load(), recordedNetwork(record), {
    normalisation,
    flip,
    // A run of another machine may have had what this one has not.
    precision: precision === "bfloat16" ? resolvePrecision("auto", engine).precision : precision,
  });
}

/** What a pass costs for an image, in multiply-adds, about. */
function costOf(record: RunRecord, { crops: glance, scale }: Pass): number {
  const { macs } = countVGG(recordedNetwork(record));
  return macs * { center: 1, dense: (scale / record.model.inputSize) ** 2, multi: 25 }[glance];
}

/** A split's images, decoded anew where the next pass wants them otherwise. */
class Prepared {
  readonly #split: Split;
  readonly #options: { readonly signal?: AbortSignal };
  #current: { readonly key: string; readonly images: PreparedSplit } | undefined;

  constructor(split: Split, signal?: AbortSignal) {
    this.#split = split;
    this.#options = signal ? { signal } : {};
  }

  async fitted(fit: Resize): Promise<PreparedSplit> {
    const key = JSON.stringify(fit);
    if (this.#current?.key !== key) {
      await this.dispose();
      this.#current = { key, images: await prepareImages(this.#split, fit, this.#options) };
    }
    return this.#current.images;
  }

  async dispose(): Promise<void> {
    await this.#current?.images.dispose();
    this.#current = undefined;
  }
}
