import { tf } from "../../engine/tf.ts";

/** How strong a layer's output is. */
export interface ActivationRms {
  /** The layer's name. */
  readonly name: string;
  /** The root mean square of its outputs. */
  readonly strength: number;
}

/**
 * Sends images through a network and measures how strong the signal is after each convolution and
 * each fully connected layer: with a good initialisation about as strong everywhere.
 *
 * @param images `[batch, height, width, channels]`; stays the caller's.
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
