import { makeAugment, resolveNormalization } from "../data/augment/mod.ts";
import { compile } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { lossGradients } from "./step/gradients.ts";
import { TrainingStep } from "./step/training_step.ts";

/** A network's speed and memory on this machine. */
export interface MeasuredCost {
  /** Images predicted per second, for the median batch. */
  readonly predicted: number;
  /** Images trained on per second, for the median batch. */
  readonly trained: number;
  /** Bytes of all weights. */
  readonly weightBytes: number;
  /** The peak bytes of tensors that the forward and backward pass hold if every operation runs on its own. */
  readonly stepBytes: number;
}

/** The settings of {@linkcode measureCost}. */
export interface MeasureOptions {
  /** Images in a batch. Default 8. */
  readonly batchSize?: number;
  /** The number of timed batches, after one for warm-up. Default 3. */
  readonly repeats?: number;
}

/**
 * Measures a network's speed and memory with random images. Its weights do not change, except for the
 * moving averages of batch normalization. The engine must be ready.
 *
 * @param model A net that returns logits and takes images of a fixed size.
 *
 * @example
 * ```ts
 * import { tf } from "vgg/engine";
 * import { measureCost } from "vgg/training";
 * import { buildVGG } from "vgg/vgg";
 *
 * await tf.setBackend("cpu");
 * const size = { inputSize: 32, classes: 10, width: 1 / 32 };
 * const model = buildVGG({ configuration: "A", ...size, activation: "linear" });
 * const { trained } = await measureCost(model, { batchSize: 2, repeats: 1 });
 * trained > 0; // images a second
 * model.dispose();
 * ```
 */
export async function measureCost(
  model: tf.LayersModel,
  { batchSize = 8, repeats = 3 }: MeasureOptions = {},
): Promise<MeasuredCost> {
  const [, height, width, channels] = model.inputs[0]!.shape;
  const images = tf.randomNormal<tf.Rank.R4>([batchSize, height!, width!, channels!]);
  const labels = new Int32Array(batchSize);
  const predict = compile((x: tf.Tensor) => model.apply(x) as tf.Tensor);
  const step = new TrainingStep(model, {
    recipe: { ...recipe, batchSize },
    ...plainStep(batchSize),
  });
  try {
    const predicted = await medianSeconds(async () => {
      const output = await predict.callAsync(images);
      await output.data();
      output.dispose();
    }, repeats);
    // A learning rate of 0 costs as much as any other.
    const input = { drawn: [images], labels, rate: 0, seed: [1, 1] } as const;
    const trained = await medianSeconds(() => step.run(input), repeats);
    return {
      predicted: batchSize / predicted,
      trained: batchSize / trained,
      weightBytes: model.weights.reduce(
        (sum, { shape }) => sum + 4 * tf.util.sizeFromShape(shape as number[]),
        0,
      ),
      stepBytes: await peakBytes(model, images, labels),
    };
  } finally {
    predict.dispose();
    step.dispose();
    images.dispose();
  }
}

const recipe = {
  momentum: 0.9,
  nesterov: true,
  weightDecay: { kind: "l2", value: 5e-4 },
  clipNorm: 0,
  labelSmoothing: 0,
} as const;

function plainStep(
  microBatch: number,
): Omit<ConstructorParameters<typeof TrainingStep>[1], "recipe"> {
  const augment = makeAugment({ kind: "none" }, resolveNormalization("rescale"));
  return { augment, precision: "float32", microBatch };
}

/** Measures the peak memory of a step that is not compiled: a compiled one cannot be profiled. */
async function peakBytes(
  model: tf.LayersModel,
  images: tf.Tensor4D,
  labels: Int32Array,
): Promise<number> {
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => {
    tf.tidy(() => {
      const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const seed = tf.tensor1d([1, 1], "int32");
      const classes = tf.tensor1d(labels, "int32");
      lossGradients(model, variables, { images, labels: classes, seed, labelSmoothing: 0 });
    });
  });
  return peakBytes - before;
}

/** Returns the median time of several calls, after one call for warm-up. */
async function medianSeconds(work: () => Promise<unknown>, repeats: number): Promise<number> {
  await work();
  const seconds: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const started = performance.now();
    await work();
    seconds.push((performance.now() - started) / 1000);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(repeats / 2)]!;
}
