import type { tf } from "../engine/tf.ts";

/** How many convolutions the paper copies from network A. */
const copiedConvolutions = 4;
const fullyConnected = ["fc1", "fc2", "predictions"];

/**
 * Copies the first four convolutions, with their batch normalization, and the fully connected
 * layers of a trained network into a deeper one, as section 3.1 of the paper initialises B to E
 * from A. Layers match by block, name and shape, not by position: A's fourth convolution is the
 * second of block 3, in E the sixth in all.
 *
 * @returns The names of the layers that were copied; none where the networks share nothing.
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
