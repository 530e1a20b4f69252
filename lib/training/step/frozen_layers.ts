import type { tf } from "../../engine/tf.ts";

/** One stage of fine-tuning: what trains until a share of all epochs, and how fast. */
export interface UnfreezingStage {
  /** The share of all epochs at which the stage ends, above 0 and 1 at most. */
  readonly until: number;
  /**
   * How many blocks of convolutions train, counted from the top, and with the first of them all fully
   * connected layers; 0 for the new layers alone.
   */
  readonly blocks: number;
  /** Factor on the learning rate. */
  readonly rate: number;
}

/**
 * The layers of a net, from the input on, that stay as they are while those above them train.
 *
 * @param blocks As in {@linkcode UnfreezingStage}.
 * @param newLayers Names of the layers that did not come with the weights.
 */
export function frozenLayers(
  model: tf.LayersModel,
  blocks: number,
  newLayers: readonly string[],
): tf.layers.Layer[] {
  const top = Math.max(...model.layers.map(({ name }) => blockOf(name) ?? 0));
  const isNew = new Set(newLayers.length > 0 ? newLayers : ["predictions"]);
  const trains = ({ name, weights }: tf.layers.Layer): boolean =>
    weights.length > 0 && (isNew.has(name) || blocks > 0 && (blockOf(name) ?? top) > top - blocks);
  let count = model.layers.findIndex(trains);
  // Dropout is for what learns from it.
  while (model.layers[count - 1]?.getClassName() === "SeededDropout") count -= 1;
  return model.layers.slice(1, count);
}

/** Lets layers that are a chain follow each other. */
export function passThrough(
  layers: readonly tf.layers.Layer[],
  input: tf.Tensor,
  settings: Record<string, unknown> = {},
): tf.Tensor {
  return layers.reduce((tensor, layer) => layer.apply(tensor, settings) as tf.Tensor, input);
}

/** The number in a name such as `block3_conv1`; fully connected layers have none. */
function blockOf(name: string): number | undefined {
  const [, number] = /^block(\d+)_/.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
}
