import { type PreparedSplit, preparePictures } from "../data/cache.ts";
import type { Dataset, Fit, Split } from "../data/dataset.ts";
import type { Engine } from "../engine/choose.ts";
import { resolvePrecision } from "../engine/precision.ts";
import { loadModel, networkOf } from "../training/load_model.ts";
import type { Run } from "../training/run.ts";
import type { TestTime } from "../training/run_files.ts";
import { countVGG } from "../vgg/count.ts";
import { Posteriors } from "./posteriors.ts";
import { TestedNet } from "./tested_net.ts";
import { fitFor, type Pass, passesOf } from "./test_time.ts";

/** A run and how it looks at pictures. */
export interface Tested {
  readonly run: Run;
  readonly testTime: TestTime;
}

/** How {@linkcode predictRuns} works. */
export interface PredictOptions {
  readonly weights: "best" | "last";
  readonly engine: Engine;
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
  const pictures = new Prepared(validation, options.signal);
  const following = startFollowing(tested, validation.length, options.onProgress);
  try {
    for (const { run, testTime } of tested) {
      const net = await loadNet(run, testTime, options);
      try {
        for (const pass of passesOf(testTime)) {
          const split = await pictures.fitted(fitFor(run.record, pass));
          await net.look(split, { ...pass, share: pass.share / tested.length }, posteriors, {
            onProgress: following(costOf(run, pass)),
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
  const costs = tested.flatMap(({ run, testTime }) =>
    passesOf(testTime).map((pass) => costOf(run, pass))
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
  run: Run,
  { flip }: TestTime,
  { weights, engine }: PredictOptions,
): Promise<TestedNet> {
  const { data: { normalisation }, precision } = run.record;
  return new TestedNet(await loadModel(run, weights, "linear"), networkOf(run.record), {
    normalisation,
    flip,
    // A run of another machine may have had what this one has not.
    precision: precision === "bfloat16" ? resolvePrecision("auto", engine).precision : precision,
  });
}

/** What a pass costs for a picture, in multiply-adds, about. */
function costOf({ record }: Run, { glance, scale }: Pass): number {
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
