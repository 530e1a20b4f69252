import { tf } from "../engine/tf.ts";
import type { Recipe } from "./recipes.ts";

/** The part of a recipe that decides an update. */
export type SGDOptions = Pick<Recipe, "momentum" | "nesterov" | "weightDecay" | "clipNorm">;

/**
 * Stochastic gradient descent with (Nesterov) momentum and either an L2 penalty or decoupled weight
 * decay (Loshchilov & Hutter 2017):
 *
 *     velocity ← momentum · velocity + gradient
 *     weight   ← weight − rate · (gradient + momentum · velocity)   with Nesterov
 *     weight   ← weight − rate · velocity                           without
 *
 * At a constant rate this equals Keras's SGD. The L2 penalty adds `value · weight` to the gradients
 * of kernels; decoupled decay multiplies every weight by `1 − value` first.
 */
export class SGD {
  readonly #options: SGDOptions;
  readonly #velocities = new Map<string, tf.Variable>();

  constructor(options: SGDOptions) {
    this.#options = options;
  }

  /** Updates the variables in place. Disposes neither gradients nor variables. */
  apply(variables: readonly tf.Variable[], gradients: tf.NamedTensorMap, rate: number): void {
    tf.tidy(() => {
      const clip = this.#clipFactor(Object.values(gradients));
      for (const variable of variables) {
        const gradient = gradients[variable.name];
        if (gradient) this.#update(variable, clip ? gradient.mul(clip) : gradient, rate);
      }
    });
  }

  dispose(): void {
    for (const velocity of this.#velocities.values()) velocity.dispose();
    this.#velocities.clear();
  }

  #update(variable: tf.Variable, gradient: tf.Tensor, rate: number): void {
    const { momentum, nesterov, weightDecay: { kind, value } } = this.#options;
    tf.tidy(() => {
      const penalised = kind === "l2" && value > 0 && variable.rank > 1;
      const slope = penalised ? gradient.add(variable.mul(value)) : gradient;
      const velocity = this.#velocity(variable);
      const next = velocity.mul(momentum).add(slope);
      velocity.assign(next);
      const direction = nesterov ? slope.add(next.mul(momentum)) : next;
      const kept = kind === "decoupled" && value > 0 ? variable.mul(1 - value) : variable;
      variable.assign(kept.sub(direction.mul(rate)));
    });
  }

  #velocity(variable: tf.Variable): tf.Variable {
    let velocity = this.#velocities.get(variable.name);
    if (!velocity) {
      velocity = tf.variable(tf.zerosLike(variable), false, `${variable.name}/velocity`);
      this.#velocities.set(variable.name, velocity);
    }
    return velocity;
  }

  #clipFactor(gradients: readonly tf.Tensor[]): tf.Scalar | undefined {
    const { clipNorm } = this.#options;
    if (clipNorm === 0) return undefined;
    const norm = tf.addN(gradients.map((gradient) => gradient.square().sum())).sqrt();
    return tf.scalar(clipNorm).div(tf.maximum(norm, clipNorm));
  }
}
