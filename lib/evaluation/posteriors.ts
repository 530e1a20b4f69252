import type { Cluster } from "../engine/cluster.ts";
import { entriesOf, keptProbabilities, mostListed } from "../runs/sparse.ts";

/** Images whose shares add up to more are complete. */
const complete = 1 - 1e-6;

/**
 * Weighted means of class probabilities per image, over views, scales and networks. Of many classes, a complete
 * image keeps only the largest.
 */
export class Posteriors {
  readonly #classes: number;
  readonly #labels: ArrayLike<number>;
  /** Of images that have predictions, unless they are in `#kept`. */
  readonly #sums = new Map<number, Float64Array>();
  readonly #kept = new Map<number, number[]>();
  readonly #shares: Float64Array;

  /**
   * @param images The number of images; their indices start at 0.
   * @param labels The class of each image, whose probability is kept in any case.
   */
  constructor(images: number, classes: number, labels: ArrayLike<number> = []) {
    this.#classes = classes;
    this.#labels = labels;
    this.#shares = new Float64Array(images);
  }

  /** Adds a prediction with weight `share`; an image is complete when its shares add up to 1. */
  add(image: number, probabilities: ArrayLike<number>, share: number): void {
    if (share === 0) return;
    this.#shares[image]! += share;
    const sums = this.#sumsOf(image);
    for (let label = 0; label < this.#classes; label++) {
      sums[label]! += share * probabilities[label]!;
    }
    if (this.#classes <= mostListed || this.#shares[image]! < complete) return;
    this.#kept.set(image, keptProbabilities(sums, this.#labels[image]));
    this.#sums.delete(image);
  }

  /** The sums of an image, which are those of the kept ones where it was complete. */
  #sumsOf(image: number): Float64Array {
    const known = this.#sums.get(image);
    if (known) return known;
    const sums = new Float64Array(this.#classes);
    for (const [label, value] of entriesOf(this.#kept.get(image) ?? [])) sums[label] = value;
    this.#kept.delete(image);
    this.#sums.set(image, sums);
    return sums;
  }

  /** Adds up the predictions of all workers, each of which predicted some of the images. */
  async allReduce(cluster: Cluster): Promise<void> {
    const [classes, images] = [this.#classes, this.#shares.length];
    const sums = new Float64Array(images * classes);
    for (let image = 0; image < images; image++) {
      if (this.#shares[image]! > 0) sums.set(this.#sumsOf(image), image * classes);
    }
    for (const values of [sums, this.#shares]) {
      // The cluster sums in float32. A value split into two float32 keeps more digits than
      // probabilities have.
      const high = Float32Array.from(values);
      const low = Float32Array.from(values, (value, at) => value - high[at]!);
      const [highs, lows] = [
        await cluster.allReduceNumbers(high),
        await cluster.allReduceNumbers(low),
      ];
      for (const at of values.keys()) values[at] = highs[at]! + lows[at]!;
    }
    for (let image = 0; image < images; image++) {
      this.#sums.set(image, sums.subarray(image * classes, (image + 1) * classes));
    }
  }

  /**
   * The mean probabilities of each complete image, in order. Images that could not be read in some
   * pass are left out.
   */
  *means(): Generator<{ image: number; probabilities: number[] }, void, void> {
    for (const [image, share] of this.#shares.entries()) {
      if (share < complete) continue;
      yield { image, probabilities: this.#kept.get(image) ?? Array.from(this.#sumsOf(image)) };
    }
  }
}
