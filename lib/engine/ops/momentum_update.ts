import { tf } from "../tf.ts";
import { updateInPlace } from "./in_place_update.ts";

/** A step of gradient descent with (Nesterov) momentum. */
export interface MomentumStep {
  readonly variable: tf.Variable;
  readonly velocity: tf.Variable;
  readonly gradient: tf.Tensor;
  /** The learning rate, a scalar. */
  readonly rate: tf.Tensor;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/**
 * Updates a variable and its velocity, as Keras's `SGD` does:
 *
 *     velocity ← momentum · velocity + gradient
 *     variable ← variable − rate · (gradient + momentum · velocity)   with Nesterov
 *     variable ← variable − rate · velocity                           without
 *
 * @example
 * ```ts
 * import { tf } from "../tf.ts";
import { updateInPlace } from "./in_place_update.ts";
 * await tf.setBackend("cpu");
 * const variable = tf.variable(tf.scalar(1));
 * const velocity = tf.variable(tf.scalar(0));
 * const [gradient, rate] = [tf.scalar(2), tf.scalar(0.1)];
 * momentumUpdate({ variable, velocity, gradient, rate, momentum: 0.9, nesterov: false });
 * variable.print(); // 0.8
 * ```
 */
export function momentumUpdate(step: MomentumStep): void {
  const { variable, velocity, gradient, rate, momentum, nesterov } = step;
  const isUpdated = updateInPlace({
    operation: "ResourceApplyMomentum",
    variables: [variable, velocity],
    operands: [rate, gradient, momentum],
    flags: { use_nesterov: nesterov },
  });
  if (isUpdated) return;
  tf.tidy(() => {
    const next = velocity.mul(momentum).add(gradient);
    velocity.assign(next);
    const direction = nesterov ? gradient.add(next.mul(momentum)) : next;
    variable.assign(variable.sub(direction.mul(rate)));
  });
}
