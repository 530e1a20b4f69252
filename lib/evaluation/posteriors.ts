import type { Cluster } from "../engine/cluster.ts";

/** Weighted means of class probabilities per image, over views, scales and networks. */
export class Posteriors {
  readonly #classes: number;
  readonly #sums: Float64Array;
  readonly #shares: Float64Array;

  /** @param images The number of images; their indices start at 0. */
  constructor(images: number, classes: number) {
    this.#classes = classes;
    this.#sums = new Float64Array(images * classes);
    this.#shares = new Float64Array(images);
  }

  /** Adds a prediction with weight `share`; an image is complete when its shares add up to 1. */
  add(image: number, probabilities: ArrayLike<number>, share: number): void {
    this.#shares[image]! += share;
    for (let label = 0; label < this.#classes; label++) {
      this.#sums[image * this.#classes + label]! += share * probabilities[label]!;
    }
  }

  /** Adds up the predictions of all workers, each of which predicted some of the images. */
  async allReduce(cluster: Cluster): Promise<void> {
    for (const values of [this.#sums, this.#shares]) {
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
  }

  /**
   * The mean probabilities of each complete image, in order. Images that could not be read in some
   * pass are left out.
   */
  *means(): Generator<{ image: number; probabilities: number[] }, void, void> {
    for (const [image, share] of this.#shares.entries()) {
      if (share < 1 - 1e-6) continue;
      const sums = this.#sums.subarray(image * this.#classes, (image + 1) * this.#classes);
      yield { image, probabilities: Array.from(sums) };
    }
  }
}
