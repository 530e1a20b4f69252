import { tf } from "../../engine/tf.ts";
import { namedWeights } from "../../weights/weights.ts";
import type { LookaheadSettings } from "../config/recipe.ts";
import { slowSlot } from "./optimizer.ts";

/**
 * Slow weights beside those that train (Zhang et al. 2019). Every few steps the two are averaged, and both go on
 * from there. Moving averages of batch normalization take part.
 */
export class Lookahead {
  readonly #pairs: readonly { readonly fast: tf.LayerVariable; readonly slow: tf.Variable }[];
  /** The slow weights, by their names in checkpoints: `block1_conv1/kernel/slow`. */
  readonly state: ReadonlyMap<string, tf.Variable>;

  /** The slow weights start as the model's. */
  constructor(model: tf.LayersModel) {
    const pairs = [...namedWeights(model)].map(([name, fast]) => ({
      ...{ name, fast },
      slow: tf.tidy(() => tf.variable(fast.read().clone(), false)),
    }));
    this.#pairs = pairs;
    this.state = new Map(pairs.map(({ name, slow }) => [`${name}/${slowSlot}`, slow]));
  }

  /** Averages, with the given share of the slow weights. */
  update(kept: number): void {
    for (const { fast, slow } of this.#pairs) {
      tf.tidy(() => {
        const average = slow.mul(kept).add(fast.read().mul(1 - kept));
        slow.assign(average);
        fast.write(average);
      });
    }
  }

  dispose(): void {
    tf.dispose([...this.state.values()]);
  }
}

/**
 * The share of the slow weights in the average after a step, or nothing if there is none then. After the last
 * step there is one, which is the result.
 *
 * @param step Counted from 1.
 */
export function keptShare(
  settings: LookaheadSettings | undefined,
  step: number,
  steps: number,
): number | undefined {
  if (!settings) return undefined;
  const { every, keep } = settings;
  const isDue = step % every === 0 || step === steps;
  return isDue ? keep ** every * (step / steps) ** 3 : undefined;
}
