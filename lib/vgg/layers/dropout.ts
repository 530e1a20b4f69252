import { randomUniform } from "../../engine/ops/random_uniform.ts";
import { tf } from "../../engine/tf.ts";
import { OptionError } from "../../errors.ts";
import { singleTensor } from "./single_tensor.ts";

type LayerArguments = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Settings of `SeededDropout`. */
export interface SeededDropoutArguments extends LayerArguments {
  /** The fraction of the values that become zero, at least 0 and less than 1. */
  rate: number;
  /** The number of the layer in its network, by which the masks of its layers differ. Default 0. */
  stream?: number;
}

/** The rows of a part of a batch in the whole batch, by which dropout takes their rows of the whole mask. */
export interface BatchRows {
  /** The row of each image in the whole batch, int32. */
  readonly rows: tf.Tensor1D;
  /** The maximum number of images in a whole batch. */
  readonly batchSize: number;
}

/** Large, so that the streams of a seed differ from those of nearby seeds. */
const streamStep = 1_000_003;

/**
 * Dropout whose mask depends on a seed that each step passes: `model.apply(x, { training: true, seed })`
 * with `seed` two int32 numbers. (TensorFlow.js's own layer with a seed repeats one mask.) Kept values are
 * divided by 1 − rate. Without `training` the layer does nothing; without a seed it draws one. If the
 * input is a part of a batch, `rows` gives its {@linkcode BatchRows}.
 *
 * @example
 * ```ts
 * import { tf } from "../../engine/tf.ts";
 * const layer = new SeededDropout({ rate: 0.5 });
 * const seed = tf.tensor1d([42, 1], "int32");
 * const output = layer.apply(tf.ones([2, 8]), { training: true, seed });
 * ```
 */
export class SeededDropout extends tf.layers.Layer {
  /** The name of this layer in saved models. */
  static className = "SeededDropout";
  readonly rate: number;
  readonly stream: number;

  /** @throws {OptionError} If the rate is not allowed. */
  constructor(options: SeededDropoutArguments) {
    super(options);
    const { rate, stream = 0 } = options;
    if (!(rate >= 0 && rate < 1)) {
      throw new OptionError(`rate must be at least 0 and less than 1. Received: ${rate}`);
    }
    this.rate = rate;
    this.stream = stream;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], settings: Record<string, unknown>): tf.Tensor {
    const x = singleTensor(inputs);
    if (!settings.training || this.rate === 0) return x;
    return tf.tidy(() => {
      const stepSeed = settings.seed instanceof tf.Tensor ? settings.seed : randomSeed();
      const seed = tf.add(stepSeed, tf.tensor1d([this.stream * streamStep, 0], "int32"));
      // Passed by training with batches in parts.
      const rows = settings.rows as BatchRows | undefined;
      const numbers = rows ? drawRows(x.shape, seed, rows) : randomUniform(x.shape, seed);
      const keep = tf.greaterEqual(numbers, this.rate);
      return tf.mul(x, tf.mul(tf.cast(keep, "float32"), 1 / (1 - this.rate)));
    });
  }

  override computeOutputShape<Shape>(inputShape: Shape): Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { rate, stream } = this;
    return { ...super.getConfig(), rate, stream };
  }
}

/** Draws the numbers of the whole batch and returns some rows, so that any division gives the same masks. */
function drawRows(shape: number[], seed: tf.Tensor, { rows, batchSize }: BatchRows): tf.Tensor {
  const all = randomUniform([batchSize, ...shape.slice(1)], seed).as2D(batchSize, -1);
  // Not `gather`: on TensorFlow it reads the values of the rows, which a compiled function must not do.
  return tf.gatherND(all, rows.as2D(-1, 1)).reshape(shape);
}

function randomSeed(): tf.Tensor1D {
  const draw = (): number => Math.floor(Math.random() * 2 ** 31);
  return tf.tensor1d([draw(), draw()], "int32");
}

tf.serialization.registerClass(SeededDropout);
