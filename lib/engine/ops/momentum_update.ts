import { tf } from "../tf.ts";

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

/** Updates in place, in one pass over the memory; returns `false` if it cannot at the moment. */
type InPlaceUpdate = (step: MomentumStep) => boolean;

let updateInPlace: InPlaceUpdate | undefined;

/** Sets the function that an engine uses to update in place. */
export function replaceMomentumUpdate(replacement: InPlaceUpdate): void {
  updateInPlace = replacement;
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
 * await tf.setBackend("cpu");
 * const variable = tf.variable(tf.scalar(1));
 * const velocity = tf.variable(tf.scalar(0));
 * const [gradient, rate] = [tf.scalar(2), tf.scalar(0.1)];
 * momentumUpdate({ variable, velocity, gradient, rate, momentum: 0.9, nesterov: false });
 * variable.print(); // 0.8
 * ```
 */
export function momentumUpdate(step: MomentumStep): void {
  if (updateInPlace?.(step)) return;
  const { variable, velocity, gradient, rate, momentum, nesterov } = step;
  tf.tidy(() => {
    const next = velocity.mul(momentum).add(gradient);
    velocity.assign(next);
    const direction = nesterov ? gradient.add(next.mul(momentum)) : next;
    variable.assign(variable.sub(direction.mul(rate)));
  });
}
