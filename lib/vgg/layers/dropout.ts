import { randomUniform } from "../../engine/ops/random_uniform.ts";
import { tf } from "../../engine/tf.ts";
import { OptionError } from "../../errors.ts";
import { singleTensor } from "./single_tensor.ts";

type LayerArguments = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Settings of `SeededDropout`. */
export interface SeededDropoutArguments extends LayerArguments {
  /** Share of the values that become zero, at least 0 and less than 1. */
  rate: number;
  /**
   * Number of the layer within its network: layers of one network differ in it, so that their masks
   * do. Default 0.
   */
  stream?: number;
}

/** Which rows of the whole batch the images of a part are: dropout then drops what it would drop there. */
export interface BatchRows {
  /** One an image, int32. */
  readonly rows: tf.Tensor1D;
  /** The most images that a whole batch has. */
  readonly batchSize: number;
}

/** Large, so that the streams of one seed do not meet those of the seeds near it. */
const streamStep = 1_000_003;

/**
 * Dropout whose mask follows from a seed that each step brings along: `model.apply(x, { training:
 * true, seed })` with `seed` two int32 numbers. (tfjs's own layer repeats one mask when it has a
 * seed.) Kept values are divided by 1 − rate. Without `training` it does nothing; without a seed it
 * draws one. Where the input is a part of a batch, `rows` says which one, see {@linkcode BatchRows}.
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
  /** The name under which a saved model asks for this layer. */
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
      const seed = settings.seed instanceof tf.Tensor ? settings.seed : freshSeed();
      const own = tf.add(seed, tf.tensor1d([this.stream * streamStep, 0], "int32"));
      // What training passes along where a batch goes through in parts.
      const rows = settings.rows as BatchRows | undefined;
      const drawn = rows ? drawRows(x.shape, own, rows) : randomUniform(x.shape, own);
      const keep = tf.greaterEqual(drawn, this.rate);
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

/** The numbers of the whole batch are drawn, so that those of its parts differ and are the same in any division. */
function drawRows(shape: number[], seed: tf.Tensor, { rows, batchSize }: BatchRows): tf.Tensor {
  const all = randomUniform([batchSize, ...shape.slice(1)], seed).as2D(batchSize, -1);
  // Not `gather`, which reads the rows where TensorFlow computes: no compiled function may.
  return tf.gatherND(all, rows.as2D(-1, 1)).reshape(shape);
}

function freshSeed(): tf.Tensor1D {
  const draw = (): number => Math.floor(Math.random() * 2 ** 31);
  return tf.tensor1d([draw(), draw()], "int32");
}

tf.serialization.registerClass(SeededDropout);
