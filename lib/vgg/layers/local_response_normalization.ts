import { tf } from "../../engine/tf.ts";
import { OptionError } from "../../errors.ts";
import { singleTensor } from "./single_tensor.ts";

type LayerArguments = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Settings of `LocalResponseNormalization`; the defaults are AlexNet's, which the paper uses. */
export interface LocalResponseNormalizationArguments extends LayerArguments {
  /** Added to the sum. Default 2. */
  k?: number;
  /** Channels in the sum, an odd number. Default 5. */
  n?: number;
  /** The factor on the sum of squares; it is not divided by n. Default 10⁻⁴. */
  alpha?: number;
  /** The exponent. Default 0.75. */
  beta?: number;
}

/**
 * Divides each value by (k + alpha · Σ a²)^beta. The sum is over n channels: the value's own and its
 * neighbors (Krizhevsky et al. 2012, section 3.3; configuration A-LRN). The input is
 * `[batch, height, width, channels]`.
 *
 * @example
 * ```ts
 * import { tf } from "../../engine/tf.ts";
 * const output = new LocalResponseNormalization({ name: "block1_lrn" }).apply(tf.ones([1, 2, 2, 8]));
 * ```
 */
export class LocalResponseNormalization extends tf.layers.Layer {
  /** The name of this layer in saved models. */
  static className = "LocalResponseNormalization";
  readonly k: number;
  readonly n: number;
  readonly alpha: number;
  readonly beta: number;

  /** @throws {OptionError} If `n` is not a positive odd integer. */
  constructor(options: LocalResponseNormalizationArguments = {}) {
    super(options);
    const { k = 2, n = 5, alpha = 1e-4, beta = 0.75 } = options;
    if (!Number.isInteger(n) || n < 1 || n % 2 === 0) {
      throw new OptionError(`n must be a positive odd integer. Received: ${n}`);
    }
    this.k = k;
    this.n = n;
    this.alpha = alpha;
    this.beta = beta;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = singleTensor<tf.Tensor4D>(inputs);
    const radius = (this.n - 1) / 2;
    return tf.localResponseNormalization(x, radius, this.k, this.alpha, this.beta);
  }

  override computeOutputShape<Shape>(inputShape: Shape): Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { k, n, alpha, beta } = this;
    return { ...super.getConfig(), k, n, alpha, beta };
  }
}

tf.serialization.registerClass(LocalResponseNormalization);
