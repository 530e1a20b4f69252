import { adamUpdate } from "../../engine/ops/adam_update.ts";
import { momentumUpdate } from "../../engine/ops/momentum_update.ts";
import { tf } from "../../engine/tf.ts";
import type { Recipe } from "../recipes.ts";

/** The settings of a recipe that affect the update. */
export type OptimizerOptions = Pick<
  Recipe,
  "optimizer" | "momentum" | "nesterov" | "weightDecay" | "clipNorm" | "rateFactors"
>;

/** A weight that is trained. */
export interface TrainedWeight {
  /** Its name in checkpoints: `block1_conv1/kernel`. */
  readonly name: string;
  /** The caller disposes of it. */
  readonly variable: tf.Variable;
}

/** Adam's constants, which are Keras's. */
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** What an optimizer keeps for each weight, zero at first; in checkpoints it follows the weight's name. */
const slots: Readonly<Record<NonNullable<Recipe["optimizer"]>, readonly string[]>> = {
  sgd: ["velocity"],
  adam: ["first_moment", "second_moment"],
};

/** What {@linkcode Lookahead} keeps for each weight. */
export const slowSlot = "slow";

/** The number of steps that Adam has made, as checkpoints name it. */
const stepsName = "optimizer/steps";

/** Whether an array of a checkpoint is the optimizer's rather than a weight. */
export function isOptimizerState(name: string): boolean {
  return name === stepsName ||
    [...Object.values(slots).flat(), slowSlot].some((slot) => name.endsWith(`/${slot}`));
}

/** How many numbers an optimizer keeps for each trained weight. */
export function stateSize({ optimizer = "sgd" }: Pick<Recipe, "optimizer">): number {
  return slots[optimizer].length;
}

/**
 * The update of a step, with either an L2 penalty or decoupled weight decay (Loshchilov & Hutter 2017):
 * stochastic gradient descent with (Nesterov) momentum,
 *
 *     velocity ← momentum · velocity + gradient
 *     weight   ← weight − rate · (gradient + momentum · velocity)   with Nesterov
 *     weight   ← weight − rate · velocity                           without
 *
 * or Adam ({@linkcode adamUpdate}). At a constant rate they equal Keras's SGD and Adam. The L2 penalty
 * adds `value · weight` to the gradients of kernels, or of all weights; decoupled decay multiplies every
 * weight by `1 − value` first. A weight with a factor on its rate has a penalty that is divided by it, so that
 * it decays as fast as the others.
 */
export class Optimizer {
  readonly #options: OptimizerOptions;
  readonly #weights: readonly (TrainedWeight & { readonly slots: readonly tf.Variable[] })[];
  readonly #steps: tf.Variable | undefined;
  /** Everything that the next step depends on, besides the weights, by its name in checkpoints. */
  readonly state: ReadonlyMap<string, tf.Variable>;

  constructor(weights: readonly TrainedWeight[], options: OptimizerOptions) {
    const { optimizer = "sgd" } = options;
    const state = new Map<string, tf.Variable>();
    const addState = (name: string, like: tf.Tensor): tf.Variable =>
      tf.tidy(() => {
        const variable = tf.variable(tf.zerosLike(like), false);
        state.set(name, variable);
        return variable;
      });
    this.#options = options;
    this.#weights = weights.map(({ name, variable }) => ({
      name,
      variable,
      slots: slots[optimizer].map((slot) => addState(`${name}/${slot}`, variable)),
    }));
    if (optimizer === "adam") this.#steps = tf.tidy(() => addState(stepsName, tf.scalar(0)));
    this.state = state;
  }

  /**
   * Updates the weights. The caller disposes of the gradients.
   *
   * @param gradients In the weights' order.
   * @param rate The learning rate, a scalar.
   */
  apply(gradients: readonly tf.Tensor[], rate: tf.Tensor): void {
    tf.tidy(() => {
      const clip = this.#clipFactor(gradients);
      const update = this.#steps ? this.#adam(this.#steps) : this.#momentum();
      this.#weights.forEach(({ name, variable, slots }, index) => {
        const gradient = gradients[index]!;
        tf.tidy(() => {
          const factor = this.#rateFactor(name);
          const total = this.#decay(variable, clip ? gradient.mul(clip) : gradient, factor);
          update(variable, slots, total, factor === 1 ? rate : rate.mul(factor));
        });
      });
    });
  }

  dispose(): void {
    tf.dispose([...this.state.values()]);
  }

  #rateFactor(name: string): number {
    const { offsets = 1, classifier = 1 } = this.#options.rateFactors ?? {};
    return name.endsWith("/beta") ? offsets : name.startsWith("predictions/") ? classifier : 1;
  }

  #momentum(): Update {
    const { momentum, nesterov } = this.#options;
    return (variable, [velocity], gradient, rate) =>
      momentumUpdate({ variable, velocity: velocity!, gradient, rate, momentum, nesterov });
  }

  #adam(steps: tf.Variable): Update {
    steps.assign(steps.add(1));
    const [beta1Power, beta2Power] = [tf.pow(adam.beta1, steps), tf.pow(adam.beta2, steps)];
    const shared = { ...adam, beta1Power, beta2Power };
    return (variable, [firstMoment, secondMoment], gradient, rate) =>
      adamUpdate({
        ...shared,
        rate,
        variable,
        gradient,
        firstMoment: firstMoment!,
        secondMoment: secondMoment!,
      });
  }

  /** Decays a weight, or returns the gradient with the penalty. */
  #decay(variable: tf.Variable, gradient: tf.Tensor, rateFactor: number): tf.Tensor {
    const { weightDecay } = this.#options;
    const { kind, value } = weightDecay;
    if (kind === "decoupled" && value > 0) variable.assign(variable.mul(1 - value));
    const isPenalized = kind === "l2" && value > 0 && (variable.rank > 1 || weightDecay.vectors);
    return isPenalized ? gradient.add(variable.mul(value / rateFactor)) : gradient;
  }

  #clipFactor(gradients: readonly tf.Tensor[]): tf.Tensor | undefined {
    const { clipNorm } = this.#options;
    if (clipNorm === 0) return undefined;
    const norm = tf.addN(gradients.map((gradient) => gradient.square().sum())).sqrt();
    return tf.scalar(clipNorm).div(tf.maximum(norm, clipNorm));
  }
}

/** Updates a weight and what the optimizer keeps for it. */
type Update = (
  variable: tf.Variable,
  slots: readonly tf.Variable[],
  gradient: tf.Tensor,
  rate: tf.Tensor,
) => void;
