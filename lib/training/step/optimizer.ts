import { adamUpdate } from "../../engine/ops/adam_update.ts";
import { momentumUpdate } from "../../engine/ops/momentum_update.ts";
import { tf } from "../../engine/tf.ts";
import type { Recipe } from "../recipes.ts";

/** The settings of a recipe that affect the update. */
export type OptimizerOptions = Pick<
  Recipe,
  "optimizer" | "momentum" | "nesterov" | "weightDecay" | "clipNorm"
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

/** The number of steps that Adam has made, as checkpoints name it. */
const stepsName = "optimizer/steps";

/** Whether an array of a checkpoint is the optimizer's rather than a weight. */
export function isOptimizerState(name: string): boolean {
  return name === stepsName ||
    Object.values(slots).flat().some((slot) => name.endsWith(`/${slot}`));
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
 * adds `value · weight` to the gradients of kernels; decoupled decay multiplies every weight by
 * `1 − value` first.
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
      const update = this.#steps ? this.#adam(this.#steps, rate) : this.#momentum(rate);
      this.#weights.forEach(({ variable, slots }, index) => {
        const gradient = gradients[index]!;
        tf.tidy(() => {
          const total = this.#decay(variable, clip ? gradient.mul(clip) : gradient);
          update(variable, slots, total);
        });
      });
    });
  }

  dispose(): void {
    tf.dispose([...this.state.values()]);
  }

  #momentum(rate: tf.Tensor): Update {
    const { momentum, nesterov } = this.#options;
    return (variable, [velocity], gradient) =>
      momentumUpdate({ variable, velocity: velocity!, gradient, rate, momentum, nesterov });
  }

  #adam(steps: tf.Variable, rate: tf.Tensor): Update {
    steps.assign(steps.add(1));
    const [beta1Power, beta2Power] = [tf.pow(adam.beta1, steps), tf.pow(adam.beta2, steps)];
    const shared = { ...adam, rate, beta1Power, beta2Power };
    return (variable, [firstMoment, secondMoment], gradient) =>
      adamUpdate({
        ...shared,
        variable,
        gradient,
        firstMoment: firstMoment!,
        secondMoment: secondMoment!,
      });
  }

  /** Decays a weight, or returns the gradient with the penalty. */
  #decay(variable: tf.Variable, gradient: tf.Tensor): tf.Tensor {
    const { kind, value } = this.#options.weightDecay;
    if (kind === "decoupled" && value > 0) variable.assign(variable.mul(1 - value));
    const isPenalized = kind === "l2" && value > 0 && variable.rank > 1;
    return isPenalized ? gradient.add(variable.mul(value)) : gradient;
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
) => void;
