import type { ReplicaContext } from "../../engine/cluster.ts";
import { batchNormTraining } from "../../engine/ops/batch_norm_training.ts";
import { tf } from "../../engine/tf.ts";
import { singleTensor } from "./single_tensor.ts";

type LayerArguments = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Settings of `BatchNormalization`; the defaults are Keras's. */
export interface BatchNormalizationArguments extends LayerArguments {
  /** The fraction of the moving averages that a training step keeps. Default 0.99. */
  momentum?: number;
  /** Added to the variance. Default 0.001. */
  epsilon?: number;
  /** Whether the scale, gamma, is trained. Default true. */
  scale?: boolean;
}

type Weights = Record<"gamma" | "beta" | "movingMean" | "movingVariance", tf.LayerVariable>;

/** The settings of Keras's layer that are fixed here, as Keras writes them. */
const fixed = {
  axis: -1,
  center: true,
  betaInitializer: { className: "Zeros", config: {} },
  gammaInitializer: { className: "Ones", config: {} },
  movingMeanInitializer: { className: "Zeros", config: {} },
  movingVarianceInitializer: { className: "Ones", config: {} },
  betaRegularizer: null,
  gammaRegularizer: null,
  betaConstraint: null,
  gammaConstraint: null,
};

/**
 * Batch normalization of `[batch, height, width, channels]` over all axes except the channels. It has the
 * weights, names and settings of `tf.layers.batchNormalization`, but training uses one fused operation.
 * As in Keras 3, the moving variance averages the biased variance of the batches.
 *
 * @example
 * ```ts
 * import { tf } from "../../engine/tf.ts";
 * const layer = new BatchNormalization({ name: "block1_conv1_bn" });
 * const output = layer.apply(tf.randomNormal([8, 4, 4, 16]), { training: true });
 * ```
 */
export class BatchNormalization extends tf.layers.Layer {
  /** The name of this layer in saved models. */
  static className = "FusedBatchNormalization";
  readonly momentum: number;
  readonly epsilon: number;
  readonly scale: boolean;
  #weights: Weights | undefined;

  constructor(options: BatchNormalizationArguments = {}) {
    super(options);
    this.momentum = options.momentum ?? 0.99;
    this.epsilon = options.epsilon ?? 1e-3;
    this.scale = options.scale ?? true;
  }

  override build(inputShape: (number | null)[] | (number | null)[][]): void {
    const channels = inputShape.at(-1);
    if (typeof channels !== "number" || inputShape.length !== 4) {
      const received = JSON.stringify(inputShape);
      throw new RangeError(`Input must be [batch, height, width, channels]. Received: ${received}`);
    }
    this.inputSpec = [{ ndim: 4, axes: { 3: channels } }];
    this.#weights = this.#addWeights([channels]);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], settings: Record<string, unknown>): tf.Tensor {
    const x = singleTensor<tf.Tensor4D>(inputs);
    return tf.tidy(() => {
      if (!this.#weights) throw new Error(`Layer ${this.name} must be built before it is called.`);
      const { gamma, beta, movingMean, movingVariance } = this.#weights;
      const [scale, offset] = [vector(gamma), vector(beta)];
      if (!settings.training) {
        const [mean, variance] = [vector(movingMean), vector(movingVariance)];
        return tf.batchNorm4d(x, mean, variance, offset, scale, this.epsilon);
      }
      // Passed by training with several workers.
      const replica = settings.share as ReplicaContext | undefined;
      const { y, mean, variance } = batchNormTraining(x, scale, offset, this.epsilon, replica);
      this.#updateMovingAverage(movingMean, mean);
      this.#updateMovingAverage(movingVariance, variance);
      return y;
    });
  }

  override computeOutputShape<Shape>(inputShape: Shape): Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { momentum, epsilon, scale } = this;
    return { ...fixed, momentum, epsilon, scale, ...super.getConfig() };
  }

  #addWeights(shape: number[]): Weights {
    const [zeros, ones] = [tf.initializers.zeros(), tf.initializers.ones()];
    return {
      gamma: this.addWeight("gamma", shape, "float32", ones, undefined, this.scale),
      beta: this.addWeight("beta", shape, "float32", zeros),
      movingMean: this.addWeight("moving_mean", shape, "float32", zeros, undefined, false),
      movingVariance: this.addWeight("moving_variance", shape, "float32", ones, undefined, false),
    };
  }

  #updateMovingAverage(average: tf.LayerVariable, value: tf.Tensor): void {
    const moving = average.read();
    average.write(tf.sub(moving, tf.mul(tf.sub(moving, value), 1 - this.momentum)));
  }
}

/** Reads a weight of one dimension. */
function vector(weight: tf.LayerVariable): tf.Tensor1D {
  return weight.read() as tf.Tensor1D;
}

tf.serialization.registerClass(BatchNormalization);
