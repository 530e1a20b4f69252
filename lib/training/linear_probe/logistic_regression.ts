import { compile, type Compiled } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";

/** The training data of a classifier. */
export interface RegressionData {
  /** `[images, features]`. */
  readonly features: tf.Tensor2D;
  /** Class indices, `[images]`, int32. */
  readonly labels: tf.Tensor1D;
  readonly classes: number;
}

/** The regularization of {@linkcode LogisticRegression}. */
export interface RegressionOptions {
  /** The factor of the L2 penalty: half the sum of the squared weights of standardized features. */
  readonly weightDecay: number;
  readonly labelSmoothing: number;
}

/** The weights of a dense layer. The caller disposes of them. */
export interface LinearClassifier {
  /** `[features, classes]`. */
  readonly kernel: tf.Tensor2D;
  /** `[classes]`. */
  readonly bias: tf.Tensor1D;
}

type Arguments = readonly [features: tf.Tensor2D, targets: tf.Tensor2D, rate: tf.Scalar];

/** Iterations of the power method, enough for the largest curvature. */
const powerIterations = 30;
/** The factor by which the curvature may be larger than the estimate. */
const margin = 1.1;

/**
 * Multinomial logistic regression with an L2 penalty on the weights, not the biases. The solver is
 * Nesterov's accelerated gradient over all images at once (Nesterov 1983), with a restart of the momentum
 * when it points uphill (O'Donoghue & Candès 2015). Features are standardized first; the learning rate
 * follows from their largest singular value, so that there is none to choose. Computes in float32.
 */
export class LogisticRegression {
  readonly #standardized: tf.Tensor2D;
  readonly #targets: tf.Tensor2D;
  readonly #rate: tf.Scalar;
  readonly #scale: { readonly mean: tf.Tensor1D; readonly deviation: tf.Tensor1D };
  readonly #state: Readonly<Record<"kernel" | "bias" | "kernelAhead" | "biasAhead", tf.Variable>>;
  readonly #momentum: tf.Variable;
  readonly #step: Compiled<Arguments, tf.Tensor>;

  constructor({ features, labels, classes }: RegressionData, options: RegressionOptions) {
    const { weightDecay, labelSmoothing } = options;
    const prepared = tf.tidy(() => {
      const scale = scaleOf(features);
      const { mean, deviation } = scale;
      const x = tf.tidy(() => features.sub(mean).div<tf.Tensor2D>(deviation));
      const targets = tf.oneHot(labels, classes).mul(1 - labelSmoothing)
        .add<tf.Tensor2D>(labelSmoothing / classes);
      // The curvature of the cross-entropy is at most half of that of the features.
      const rate = tf.scalar(1).div<tf.Scalar>(
        largestCurvature(x).mul(margin / 2).add(weightDecay),
      );
      return { scale, x, targets, rate };
    });
    this.#scale = prepared.scale;
    this.#standardized = prepared.x;
    this.#targets = prepared.targets;
    this.#rate = prepared.rate;
    const zeros = (...shape: number[]): tf.Variable =>
      tf.tidy(() => tf.variable(tf.zeros(shape), false));
    const size = features.shape[1];
    this.#state = {
      kernel: zeros(size, classes),
      bias: zeros(classes),
      kernelAhead: zeros(size, classes),
      biasAhead: zeros(classes),
    };
    this.#momentum = tf.tidy(() => tf.variable(tf.scalar(1), false));
    this.#step = compile((x, targets, rate) => this.#descend(x, targets, rate, weightDecay));
  }

  /** Reads the learning rate, which is constant. */
  rate(): Promise<number> {
    return this.#rate.data<"float32">().then(([rate]) => rate!);
  }

  /**
   * Runs steps of the solver.
   *
   * @returns The largest component of the last step's gradient: close to zero after convergence.
   */
  async run(steps: number): Promise<number> {
    let largest: tf.Tensor = tf.scalar(Infinity);
    for (let step = 0; step < steps; step++) {
      largest.dispose();
      largest = await this.#step.callAsync(this.#standardized, this.#targets, this.#rate);
    }
    const [value] = await largest.data<"float32">().finally(() => largest.dispose());
    return value!;
  }

  /** The current classifier, for features that are not standardized. */
  classifier(): LinearClassifier {
    const { mean, deviation } = this.#scale;
    const { kernel, bias } = this.#state;
    return tf.tidy(() => {
      const unscaled = kernel.div<tf.Tensor2D>(deviation.expandDims(1));
      return { kernel: unscaled, bias: bias.sub<tf.Tensor1D>(mean.dot(unscaled)) };
    });
  }

  dispose(): void {
    this.#step.dispose();
    tf.dispose([this.#standardized, this.#targets, this.#rate, this.#momentum]);
    tf.dispose({ ...this.#scale });
    tf.dispose({ ...this.#state });
  }

  #descend(x: tf.Tensor2D, targets: tf.Tensor2D, rate: tf.Scalar, weightDecay: number): tf.Tensor {
    const { kernel, bias, kernelAhead, biasAhead } = this.#state;
    const residual = tf.softmax(x.matMul<tf.Tensor2D>(kernelAhead as tf.Tensor2D).add(biasAhead))
      .sub<tf.Tensor2D>(targets).div<tf.Tensor2D>(x.shape[0]);
    const gradients = [
      x.matMul(residual, true).add(kernelAhead.mul(weightDecay)),
      residual.sum(0),
    ] as const;
    const next = [
      kernelAhead.sub(gradients[0].mul(rate)),
      biasAhead.sub(gradients[1].mul(rate)),
    ] as const;
    const moves = [next[0].sub(kernel), next[1].sub(bias)] as const;
    const isUphill = gradients[0].mul(moves[0]).sum().add(gradients[1].mul(moves[1]).sum()).greater(
      0,
    );
    const before = tf.where(isUphill, tf.onesLike(this.#momentum), this.#momentum);
    const after = before.square().mul(4).add(1).sqrt().add(1).div(2);
    const coefficient = before.sub(1).div(after);
    kernelAhead.assign(next[0].add(moves[0].mul(coefficient)));
    biasAhead.assign(next[1].add(moves[1].mul(coefficient)));
    kernel.assign(next[0]);
    bias.assign(next[1]);
    this.#momentum.assign(after);
    return tf.maximum(gradients[0].abs().max(), gradients[1].abs().max());
  }
}

function scaleOf(features: tf.Tensor2D): { mean: tf.Tensor1D; deviation: tf.Tensor1D } {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(features, 0);
    const deviation = variance.sqrt();
    // A constant feature must not be divided by zero.
    const divisor = tf.where(deviation.greater(0), deviation, tf.onesLike(deviation));
    return { mean: mean as tf.Tensor1D, deviation: divisor as tf.Tensor1D };
  });
}

/** Computes the largest eigenvalue of `xᵀx / n`, with a column of ones for the bias, by the power method. */
function largestCurvature(x: tf.Tensor2D): tf.Tensor {
  return tf.tidy(() => {
    const augmented = tf.concat([x, tf.ones([x.shape[0], 1])], 1);
    let direction = tf.randomNormal<tf.Rank.R2>([augmented.shape[1]!, 1], 0, 1, "float32", 1);
    let length: tf.Tensor = tf.scalar(1);
    for (let iteration = 0; iteration < powerIterations; iteration++) {
      const product = augmented.matMul(augmented.matMul<tf.Tensor2D>(direction), true);
      length = product.norm();
      direction = product.div<tf.Tensor2D>(length);
    }
    return length.div(x.shape[0]);
  });
}
