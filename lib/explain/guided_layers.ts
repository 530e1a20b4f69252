import { tf } from "../engine/tf.ts";

type Save = (tensors: tf.Tensor[]) => void;

/**
 * A ReLU that passes a gradient only where its output and the gradient are positive. An ordinary ReLU
 * tests the output alone; the second test drops evidence against the score.
 */
const guidedRelu = tf.customGrad((x, save) => {
  const input = x as tf.Tensor, y = tf.relu(input);
  (save as unknown as Save)([y]);
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.relu(dy), tf.step(saved[0]!)),
  };
});

/**
 * Applies a layer of `buildVGG` with {@linkcode guidedRelu} in place of its ReLU. Must be called
 * inside `tf.tidy`.
 */
export function applyGuided(layer: tf.layers.Layer, input: tf.Tensor): tf.Tensor {
  if (layer.getConfig().activation !== "relu") return layer.apply(input) as tf.Tensor;
  const bias = layer.getWeights()[1];
  const output = withoutActivation(layer, input);
  return guidedRelu(bias ? tf.add(output, bias) : output);
}

/** The output of a layer without its bias and activation. */
function withoutActivation(layer: tf.layers.Layer, input: tf.Tensor): tf.Tensor {
  const [kernel] = layer.getWeights();
  if (!kernel) return input;
  if (layer.getClassName() === "Dense") return tf.matMul(input, kernel);
  return tf.conv2d(input as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same");
}
