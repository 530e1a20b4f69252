import { tf } from "../../engine/tf.ts";

/** The strength of the signal after a layer. */
export interface ActivationRms {
  /** The layer's name. */
  readonly name: string;
  /** The root mean square of the layer's outputs. */
  readonly strength: number;
}

/**
 * Predicts images and measures the root mean square of the output of each convolution and each fully
 * connected layer. With a good initialization it is about the same everywhere.
 *
 * @param images `[batch, height, width, channels]`; the caller disposes them.
 *
 * @example
 * ```ts
 * import { buildVGG, activationRms, tf } from "vgg";
 *
 * const model = buildVGG({ configuration: "A", inputSize: 32, head: "small" });
 * const [first] = activationRms(model, tf.randomNormal([2, 32, 32, 3]));
 * first?.name; // block1_conv1
 * ```
 */
export function activationRms(model: tf.LayersModel, images: tf.Tensor4D): ActivationRms[] {
  const layers = model.layers.filter((layer) => ["Conv2D", "Dense"].includes(layer.getClassName()));
  const outputs = layers.map((layer) => layer.output as tf.SymbolicTensor);
  const probe = tf.model({ inputs: model.inputs, outputs });
  return tf.tidy(() => {
    const signals = [probe.predict(images)].flat();
    return signals.map((signal, index) => {
      const [strength] = signal.square().mean().sqrt().dataSync();
      return { name: layers[index]!.name, strength: strength! };
    });
  });
}
