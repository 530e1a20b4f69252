import { tf } from "../../engine/tf.ts";
import { singleTensor } from "./single_tensor.ts";

type LayerArguments = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Settings of {@linkcode Whitening}. */
export interface WhiteningArguments extends LayerArguments {
  /** The number of filters. */
  filters: number;
  /** The side of the square patches. */
  kernelSize: number;
}

/**
 * A convolution without padding whose filters do not train: they make the values of the images' patches
 * uncorrelated, see `whiten`. Its bias trains. From `[batch, height, width, channels]` to
 * `[batch, height − kernelSize + 1, width − kernelSize + 1, filters]`.
 *
 * @example
 * ```ts
 * import { tf } from "../../engine/tf.ts";
 * const layer = new Whitening({ name: "block0_whitening", filters: 24, kernelSize: 2 });
 * layer.apply(tf.zeros([1, 32, 32, 3])); // [1, 31, 31, 24]
 * ```
 */
export class Whitening extends tf.layers.Layer {
  /** The name of this layer in saved models. */
  static className = "Whitening";
  readonly filters: number;
  readonly kernelSize: number;
  #weights: { readonly kernel: tf.LayerVariable; readonly bias: tf.LayerVariable } | undefined;

  constructor(options: WhiteningArguments) {
    super(options);
    this.filters = options.filters;
    this.kernelSize = options.kernelSize;
  }

  override build(inputShape: (number | null)[] | (number | null)[][]): void {
    const shape = [this.kernelSize, this.kernelSize, inputShape.at(-1) as number, this.filters];
    const zeros = tf.initializers.zeros();
    this.#weights = {
      kernel: this.addWeight("kernel", shape, "float32", zeros, undefined, false),
      bias: this.addWeight("bias", [this.filters], "float32", zeros),
    };
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    if (!this.#weights) throw new Error(`Layer ${this.name} must be built before it is called.`);
    const { kernel, bias } = this.#weights;
    const x = singleTensor<tf.Tensor4D>(inputs);
    return tf.tidy(() => tf.conv2d(x, kernel.read() as tf.Tensor4D, 1, "valid").add(bias.read()));
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const [batch, height, width] = inputShape as [number | null, number | null, number | null];
    const cut = (side: number | null): number | null =>
      side === null ? null : side - this.kernelSize + 1;
    return [batch, cut(height), cut(width), this.filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters, kernelSize } = this;
    return { ...super.getConfig(), filters, kernelSize };
  }
}

tf.serialization.registerClass(Whitening);
