import type { tf } from "../../engine/tf.ts";

/** One stage of fine-tuning: which layers train, until when, and at which learning rate. */
export interface UnfreezingStage {
  /** The fraction of all epochs at which the stage ends, above 0 and at most 1. */
  readonly until: number;
  /**
   * The number of convolution blocks that train, counted from the top. With 1 or more, all fully connected
   * layers train too; with 0, only the new layers do.
   */
  readonly blocks: number;
  /** A factor of the learning rate. */
  readonly rate: number;
}

/**
 * Returns the layers of a net, from the input on, that are frozen while the layers above them train.
 *
 * @param blocks As in {@linkcode UnfreezingStage}.
 * @param newLayers The names of the layers that the initial weights did not include.
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
  // The dropout right before the first trained layer stays active.
  while (model.layers[count - 1]?.getClassName() === "SeededDropout") count -= 1;
  return model.layers.slice(1, count);
}

/** Applies layers one after the other. */
export function passThrough(
  layers: readonly tf.layers.Layer[],
  input: tf.Tensor,
  settings: Record<string, unknown> = {},
): tf.Tensor {
  return layers.reduce((tensor, layer) => layer.apply(tensor, settings) as tf.Tensor, input);
}

/** Returns the block number in a name such as `block3_conv1`; fully connected layers have none. */
function blockOf(name: string): number | undefined {
  const [, number] = /^block(\d+)_/.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
}
