import { tf } from "../../engine/tf.ts";
import { singleTensor } from "./single_tensor.ts";

/**
 * The Gaussian error linear unit, x · Φ(x) with the normal distribution function Φ (Hendrycks & Gimpel 2016),
 * as Keras's and PyTorch's exact `gelu`.
 *
 * @example
 * ```ts
 * import { tf } from "../../engine/tf.ts";
 * const output = new Gelu({ name: "block1_conv1_gelu" }).apply(tf.ones([1, 2, 2, 8]));
 * ```
 */
export class Gelu extends tf.layers.Layer {
  /** The name of this layer in saved models. */
  static className = "Gelu";

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return gelu(singleTensor(inputs));
  }

  override computeOutputShape<Shape>(inputShape: Shape): Shape {
    return inputShape;
  }
}

tf.serialization.registerClass(Gelu);

/** With a gradient of its own, which takes half of the passes over memory of the composed one. */
function gelu(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([input as tf.Tensor]);
    return {
      value: (input as tf.Tensor).mul(distribution(input as tf.Tensor)),
      gradFunc: (dy, [saved]) => dy.mul(distribution(saved!).add(saved!.mul(density(saved!)))),
    };
  })(x);
}

/** Φ(x) */
function distribution(x: tf.Tensor): tf.Tensor {
  return x.mul(Math.SQRT1_2).erf().add(1).mul(0.5);
}

/** The density of the normal distribution. */
function density(x: tf.Tensor): tf.Tensor {
  return x.square().mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI));
}
