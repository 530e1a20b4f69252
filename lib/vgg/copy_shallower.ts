import type { tf } from "../engine/tf.ts";

/** The number of convolutions that the paper copies from network A. */
const copiedConvolutions = 4;
const fullyConnected = ["fc1", "fc2", "predictions"];

/**
 * Copies the first four convolutions, with their batch normalization, and the fully connected layers of a
 * trained network into a deeper one, as the paper initializes B to E from A (section 3.1). Layers match
 * by name and shape, not by position: A's fourth convolution is the second one of block 3, which is the
 * sixth one of E.
 *
 * @returns The names of the copied layers; none if the networks share no layer.
 */
export function copyShallower(source: tf.LayersModel, target: tf.LayersModel): string[] {
  const convolutions = source.layers
    .map((layer) => layer.name)
    .filter((name) => /^block\d+_conv\d+$/.test(name))
    .slice(0, copiedConvolutions);
  const names = [...convolutions, ...convolutions.map((name) => `${name}_bn`), ...fullyConnected];
  return names.filter((name) => copyLayer(source, target, name));
}

function copyLayer(source: tf.LayersModel, target: tf.LayersModel, name: string): boolean {
  const [from, to] = [source, target].map((model) =>
    model.layers.find((layer) => layer.name === name)
  );
  if (!from || !to || shapesOf(from) !== shapesOf(to)) return false;
  to.setWeights(from.getWeights());
  return true;
}

function shapesOf(layer: tf.layers.Layer): string {
  return JSON.stringify(layer.getWeights().map((weight) => weight.shape));
}
