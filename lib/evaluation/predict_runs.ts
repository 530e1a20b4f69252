import { type PreparedSplit, preparePictures } from "../data/pipeline/prepared_split.ts";
import type { Dataset, Fit, Split } from "../data/dataset.ts";
import { type Part, placesOf, wholeBatch } from "../data/pipeline/shard.ts";
import { keepSamples } from "../data/subset.ts";
import type { Engine } from "../engine/use_engine.ts";
import { resolvePrecision } from "../engine/precision.ts";
import type { tf } from "../engine/tf.ts";
import { networkOf } from "../runs/load_model.ts";
import type { TestTime } from "../runs/schemas.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import { Posteriors } from "./posteriors.ts";
import { TestedNet } from "./evaluator.ts";
import { fitFor, type Pass, passesOf } from "./test_time.ts";

/** A run's net and how it looks at pictures. */
export interface Tested {
  readonly record: RunRecord;
  readonly testTime: TestTime;
  /** Gives the net, which gives logits. */
  readonly load: () => Promise<tf.LayersModel>;
}

/** How {@linkcode predictRuns} works. */
export interface PredictOptions {
  readonly engine: Engine;
  /** Only a worker's part of the images. */
  readonly part?: Part;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Predicts the validation images of a data set: the mean posteriors of all runs, one net and one
 * scale of the pictures in memory at a time.
 */
export async function predictRuns(
  tested: readonly Tested[],
  { validation, classes }: Dataset,
  options: PredictOptions,
): Promise<Posteriors> {
  const posteriors = new Posteriors(validation.length, classes.length);
  const places = placesOf(validation.length, options.part ?? wholeBatch);
  const into: Pick<Posteriors, "add"> = {
    add: (image, ...rest) => posteriors.add(places[image]!, ...rest),
  };
  const pictures = new Prepared(keepSamples(validation, [...places]), options.signal);
  const following = startFollowing(tested, validation.length, options.onProgress);
  try {
    for (const one of tested) {
      const { record, testTime } = one;
      const net = await loadNet(one, options);
      try {
        for (const pass of passesOf(testTime)) {
          const split = await pictures.fitted(fitFor(record, pass));
          await net.look(split, { ...pass, share: pass.share / tested.length }, into, {
            onProgress: following(costOf(record, pass)),
            ...(options.signal ? { signal: options.signal } : {}),
          });
        }
      } finally {
        net.dispose();
      }
    }
  } finally {
    await pictures.dispose();
  }
  return posteriors;
}

/** Makes of the share of each pass that is done, one after the other, images done of all. */
function startFollowing(
  tested: readonly Tested[],
  images: number,
  tell: PredictOptions["onProgress"] = () => {},
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
  { record, testTime: { flip }, load }: Tested,
  { engine }: PredictOptions,
): Promise<TestedNet> {
  const { data: { normalisation }, precision } = record;
  return new TestedNet(await load(), networkOf(record), {
    normalisation,
    flip,
    // A run of another machine may have had what this one has not.
    precision: precision === "bfloat16" ? resolvePrecision("auto", engine).precision : precision,
  });
}

/** What a pass costs for a picture, in multiply-adds, about. */
function costOf(record: RunRecord, { glance, scale }: Pass): number {
  const { macs } = countVGG(networkOf(record));
  return macs * { center: 1, dense: (scale / record.model.inputSize) ** 2, multi: 25 }[glance];
}

/** A split's pictures, decoded anew where the next pass wants them otherwise. */
class Prepared {
  readonly #split: Split;
  readonly #options: { readonly signal?: AbortSignal };
  #current: { readonly key: string; readonly pictures: PreparedSplit } | undefined;

  constructor(split: Split, signal?: AbortSignal) {
    this.#split = split;
    this.#options = signal ? { signal } : {};
  }

  async fitted(fit: Fit): Promise<PreparedSplit> {
    const key = JSON.stringify(fit);
    if (this.#current?.key !== key) {
      await this.dispose();
      this.#current = { key, pictures: await preparePictures(this.#split, fit, this.#options) };
    }
    return this.#current.pictures;
  }

  async dispose(): Promise<void> {
    await this.#current?.pictures.dispose();
    this.#current = undefined;
  }
}
