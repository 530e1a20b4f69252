import { tf } from "../tf.ts";
import { updateInPlace } from "./in_place_update.ts";

/** A step of Adam. */
export interface AdamStep {
  readonly variable: tf.Variable;
  /** The running mean of the gradients. */
  readonly firstMoment: tf.Variable;
  /** The running mean of their squares. */
  readonly secondMoment: tf.Variable;
  readonly gradient: tf.Tensor;
  /** The learning rate, a scalar. */
  readonly rate: tf.Tensor;
  readonly beta1: number;
  readonly beta2: number;
  /** `beta1` to the power of the step's number, counted from 1: a scalar. */
  readonly beta1Power: tf.Tensor;
  /** `beta2` to the same power. */
  readonly beta2Power: tf.Tensor;
  /** Added to the root of the second moment, before its bias is corrected. */
  readonly epsilon: tf.Tensor | number;
}

/**
 * Updates a variable and its two moments, as Keras's `Adam` does (Kingma & Ba 2014, the last lines of
 * section 2):
 *
 *     first  ← beta1 · first + (1 − beta1) · gradient
 *     second ← beta2 · second + (1 − beta2) · gradient²
 *     variable ← variable − rate · √(1 − beta2^t) / (1 − beta1^t) · first / (√second + epsilon)
 *
 * @example
 * ```ts
 * import { tf } from "../tf.ts";
 * await tf.setBackend("cpu");
 * const [variable, firstMoment, secondMoment] = [1, 0, 0].map((value) => tf.variable(tf.scalar(value)));
 * adamUpdate({
 *   ...{ variable: variable!, firstMoment: firstMoment!, secondMoment: secondMoment! },
 *   ...{ gradient: tf.scalar(2), rate: tf.scalar(0.1), beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
 *   ...{ beta1Power: tf.scalar(0.9), beta2Power: tf.scalar(0.999) },
 * });
 * variable!.print(); // 0.9
 * ```
 */
export function adamUpdate(step: AdamStep): void {
  const { variable, firstMoment, secondMoment, gradient, rate, beta1, beta2, epsilon } = step;
  const { beta1Power, beta2Power } = step;
  const isUpdated = updateInPlace({
    operation: "ResourceApplyAdam",
    variables: [variable, firstMoment, secondMoment],
    operands: [beta1Power, beta2Power, rate, beta1, beta2, epsilon, gradient],
  });
  if (isUpdated) return;
  tf.tidy(() => {
    firstMoment.assign(firstMoment.mul(beta1).add(gradient.mul(1 - beta1)));
    secondMoment.assign(secondMoment.mul(beta2).add(gradient.square().mul(1 - beta2)));
    const corrected = rate.mul(tf.sub(1, beta2Power).sqrt()).div(tf.sub(1, beta1Power));
    variable.assign(
      variable.sub(firstMoment.mul(corrected).div(secondMoment.sqrt().add(epsilon))),
    );
  });
}
