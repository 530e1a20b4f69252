import { adamUpdate } from "../ops/adam_update.ts";
import { updateInPlace } from "../ops/in_place_update.ts";
import { tf } from "../tf.ts";

/** What an optimizer of TensorFlow.js keeps for each variable; its types hide these fields. */
type Slots = readonly { readonly variable: tf.Variable }[];

/** The fields of TensorFlow.js's optimizers that their updates use. */
interface Fields extends tf.Optimizer {
  learningRate: number;
  /** SGD's and momentum's: minus the learning rate, a scalar. */
  readonly c?: tf.Scalar;
  /** Momentum's. */
  readonly m: tf.Scalar;
  readonly useNesterov: boolean;
  readonly accumulations: Slots;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: tf.Variable;
  readonly accBeta2: tf.Variable;
  readonly accumulatedFirstMoment: Slots;
  readonly accumulatedSecondMoment: Slots;
  readonly decay: number;
  readonly momentum: number;
  readonly centered: boolean;
  readonly accumulatedMeanSquares: Slots;
  readonly accumulatedMoments: Slots;
  readonly accumulatedMeanGrads: Slots;
  readonly accumulatedGrads: Slots;
}

/** Updates the variable that has an index in the optimizer's slots. */
type Update = (index: number, variable: tf.Variable, gradient: tf.Tensor) => void;

/** Begins a step: returns the update of each variable, and what to do after all of them. */
type Rule = (
  optimizer: Fields,
  rate: tf.Tensor,
) => { readonly update: Update; readonly end?: () => void };

const sgd: Rule = (_, rate) => ({
  update: (_, variable, gradient) =>
    apply("ResourceApplyGradientDescent", [variable], [rate, gradient]),
});

const momentum: Rule = ({ accumulations, m, useNesterov }, rate) => ({
  update: (index, variable, gradient) => {
    const variables = [variable, accumulations[index]!.variable];
    apply("ResourceApplyMomentum", variables, [rate, gradient, m], { use_nesterov: useNesterov });
  },
});

const adam: Rule = (optimizer, rate) => {
  const { beta1, beta2, accBeta1, accBeta2 } = optimizer;
  // TensorFlow.js adds epsilon after the bias is corrected.
  const epsilon = tf.sub(1, accBeta2).sqrt().mul(optimizer.epsilon);
  const powers = { beta1Power: accBeta1.clone(), beta2Power: accBeta2.clone() };
  return {
    update: (index, variable, gradient) => {
      const firstMoment = optimizer.accumulatedFirstMoment[index]!.variable;
      const secondMoment = optimizer.accumulatedSecondMoment[index]!.variable;
      const state = { variable, firstMoment, secondMoment, ...powers };
      adamUpdate({ ...state, gradient, rate, beta1, beta2, epsilon });
    },
    end: () => {
      accBeta1.assign(accBeta1.mul(beta1));
      accBeta2.assign(accBeta2.mul(beta2));
    },
  };
};

const rmsprop: Rule = (optimizer, rate) => ({
  update: (index, variable, gradient) => {
    const { decay, momentum, epsilon, centered } = optimizer;
    const meanSquare = optimizer.accumulatedMeanSquares[index]!.variable;
    const moment = optimizer.accumulatedMoments[index]!.variable;
    if (!centered) {
      const operands = [rate, decay, momentum, epsilon, gradient];
      apply("ResourceApplyRMSProp", [variable, meanSquare, moment], operands);
      return;
    }
    const meanGradient = optimizer.accumulatedMeanGrads[index]!.variable;
    const variables = [variable, meanGradient, meanSquare, moment];
    // TensorFlow.js subtracts epsilon there.
    apply("ResourceApplyCenteredRMSProp", variables, [rate, decay, momentum, -epsilon, gradient]);
  },
});

const adagrad: Rule = ({ accumulatedGrads }, rate) => ({
  update: (index, variable, gradient) =>
    apply("ResourceApplyAdagrad", [variable, accumulatedGrads[index]!.variable], [rate, gradient]),
});

const rules: Readonly<Record<string, Rule>> = {
  SGD: sgd,
  Momentum: momentum,
  Adam: adam,
  RMSProp: rmsprop,
  Adagrad: adagrad,
};

/**
 * Whether {@linkcode applyInPlace} can make an optimizer's steps: Adamax has no such operation, and that of
 * Adadelta divides by another mean than TensorFlow.js.
 */
export function updatesInPlace(optimizer: tf.Optimizer): boolean {
  return Object.hasOwn(rules, optimizer.getClassName());
}

/** The learning rate with which an optimizer would make its next step; the caller disposes of it. */
export function learningRateOf(optimizer: tf.Optimizer): tf.Tensor {
  const { c, learningRate } = optimizer as Fields;
  return c ? tf.neg(c) : tf.scalar(learningRate);
}

/**
 * Does in place, within a compiled function, what `optimizer.applyGradients` does. The optimizer must have
 * made a step before, so that it has its variables; the caller counts the steps.
 *
 * @param gradients By the names of their variables.
 * @param rate The learning rate, a scalar.
 */
export function applyInPlace(
  optimizer: tf.Optimizer,
  gradients: tf.NamedTensorMap,
  rate: tf.Tensor,
): void {
  tf.tidy(() => {
    const { update, end } = rules[optimizer.getClassName()]!(optimizer as Fields, rate);
    const { registeredVariables } = tf.engine();
    Object.entries(gradients).forEach(([name, gradient], index) => {
      // No loss depends on some variables.
      if (gradient) update(index, registeredVariables[name]!, gradient);
    });
    end?.();
  });
}

function apply(
  operation: string,
  variables: readonly tf.Variable[],
  operands: readonly (tf.Tensor | number)[],
  flags: Readonly<Record<string, boolean>> = {},
): void {
  if (!updateInPlace({ operation, variables, operands, flags })) {
    throw new Error(`${operation} needs a compiled function`);
  }
}
