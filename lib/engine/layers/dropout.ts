import { randomUniform } from "../ops/random_uniform.ts";
import { tf } from "../tf.ts";

/** The fields of TensorFlow.js's dropout layers that its types hide. */
interface Dropout extends tf.layers.Layer {
  readonly rate: number;
  readonly seed?: number;
  /** The mask's shape, where it is not the input's. */
  getNoiseShape(input: tf.Tensor): number[] | null | undefined;
}

/** A model. */
type Layers = Pick<tf.LayersModel, "layers">;

/** Large, so that the masks of a layer differ from those that another one has under a nearby seed. */
const streamStep = 1_000_003;

/**
 * Runs a function in which the dropout layers of a model draw their masks from a seed. TensorFlow.js draws
 * them in JavaScript, so that a compiled function would repeat those of its first call. Layers with a seed
 * of their own repeat one mask, as without this.
 *
 * @param seed Two int32 numbers, shape `[2]`.
 */
export function withSeededDropout<T>(model: Layers, seed: tf.Tensor, run: () => T): T {
  const layers = dropoutLayers(model);
  layers.forEach((layer, stream) => layer.call = seededCall(layer, seed, stream));
  try {
    return run();
  } finally {
    // The method of the class is visible again.
    for (const layer of layers) Reflect.deleteProperty(layer, "call");
  }
}

function dropoutLayers({ layers }: Layers): Dropout[] {
  return layers.flatMap((layer) => {
    if (layer instanceof tf.LayersModel) return dropoutLayers(layer);
    const isDropout = ["Dropout", "SpatialDropout1D"].includes(layer.getClassName());
    return isDropout && (layer as Dropout).seed === undefined ? [layer as Dropout] : [];
  });
}

function seededCall(
  layer: Dropout,
  seed: tf.Tensor,
  stream: number,
): tf.layers.Layer["call"] {
  const { rate } = layer;
  return (inputs, { training }) =>
    tf.tidy(() => {
      const x = [inputs].flat()[0]!;
      if (!training || rate <= 0 || rate >= 1) return x;
      const shape = layer.getNoiseShape(x) ?? x.shape;
      const streamSeed = seed.add(tf.tensor1d([stream * streamStep, 0], "int32"));
      const keep = randomUniform(shape, streamSeed).greaterEqual(rate);
      return x.mul(keep.cast("float32").div(1 - rate));
    });
}
