import type { Cluster } from "../engine/cluster.ts";

/** Class probabilities of images, gathered from all that nets see of them. */
export class Posteriors {
  readonly #classes: number;
  readonly #sums: Float64Array;
  readonly #shares: Float64Array;

  /** @param images How many there are; they are numbered from 0. */
  constructor(images: number, classes: number) {
    this.#classes = classes;
    this.#sums = new Float64Array(images * classes);
    this.#shares = new Float64Array(images);
  }

  /** Adds one prediction, which counts for `broadcast` of the image's. */
  add(image: number, probabilities: ArrayLike<number>, share: number): void {
    this.#shares[image]! += share;
    for (let label = 0; label < this.#classes; label++) {
      this.#sums[image * this.#classes + label]! += share * probabilities[label]!;
    }
  }

  /** Adds up what all workers have seen, each of some of the images. */
  async addUp(cluster: Cluster): Promise<void> {
    for (const values of [this.#sums, this.#shares]) {
      // TensorFlow's sums are given in float32: twice that is more than probabilities have.
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
   * The means of the images that were seen in full, in their order. An image that could not be read
   * for part of it is left out.
   */
  *means(): Generator<{ image: number; probabilities: number[] }, void, void> {
    for (const [image, share] of this.#shares.entries()) {
      if (share < 1 - 1e-6) continue;
      const own = this.#sums.subarray(image * this.#classes, (image + 1) * this.#classes);
      yield { image, probabilities: Array.from(own) };
    }
  }
}
