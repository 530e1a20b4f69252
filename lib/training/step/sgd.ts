import { momentumUpdate } from "../../engine/ops/momentum_update.ts";
import { tf } from "../../engine/tf.ts";
import type { Recipe } from "../recipes.ts";

/** The settings of a recipe that affect the update. */
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
  readonly #variables: readonly tf.Variable[];
  readonly #options: SGDOptions;
  /** The optimizer's state, in the variables' order. */
  readonly velocities: readonly tf.Variable[];

  /** @param variables The weights to update. The caller disposes of them. */
  constructor(variables: readonly tf.Variable[], options: SGDOptions) {
    this.#variables = variables;
    this.#options = options;
    this.velocities = variables.map((variable) =>
      tf.tidy(() => tf.variable(tf.zerosLike(variable), false, `${variable.name}/velocity`))
    );
  }

  /**
   * Updates the variables. The caller disposes of the gradients.
   *
   * @param gradients In the variables' order.
   * @param rate The learning rate, a scalar.
   */
  apply(gradients: readonly tf.Tensor[], rate: tf.Tensor): void {
    tf.tidy(() => {
      const clip = this.#clipFactor(gradients);
      this.#variables.forEach((variable, index) => {
        const gradient = gradients[index]!;
        this.#update(index, variable, clip ? gradient.mul(clip) : gradient, rate);
      });
    });
  }

  dispose(): void {
    tf.dispose([...this.velocities]);
  }

  #update(index: number, variable: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor): void {
    const { momentum, nesterov, weightDecay: { kind, value } } = this.#options;
    tf.tidy(() => {
      const isPenalized = kind === "l2" && value > 0 && variable.rank > 1;
      const total = isPenalized ? gradient.add(variable.mul(value)) : gradient;
      if (kind === "decoupled" && value > 0) variable.assign(variable.mul(1 - value));
      const velocity = this.velocities[index]!;
      momentumUpdate({ variable, velocity, gradient: total, rate, momentum, nesterov });
    });
  }

  #clipFactor(gradients: readonly tf.Tensor[]): tf.Tensor | undefined {
    const { clipNorm } = this.#options;
    if (clipNorm === 0) return undefined;
    const norm = tf.addN(gradients.map((gradient) => gradient.square().sum())).sqrt();
    return tf.scalar(clipNorm).div(tf.maximum(norm, clipNorm));
  }
}
