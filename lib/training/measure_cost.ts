import { makeAugment, resolveNormalisation } from "../data/augment/mod.ts";
import { compile } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { lossGradients } from "./step/gradients.ts";
import { TrainingStep } from "./step/training_step.ts";

/** What a network costs on this machine. */
export interface MeasuredCost {
  /** Images predicted in a second, by the median batch. */
  readonly predicted: number;
  /** Images trained on in a second, by the median batch. */
  readonly trained: number;
  /** Bytes of all weights. */
  readonly weightBytes: number;
  /** The most bytes of tensors that forward and backward pass hold, operation by operation. */
  readonly stepBytes: number;
}

/** How {@linkcode measureCost} measures. */
export interface MeasureOptions {
  /** Images at once. Default 8. */
  readonly batchSize?: number;
  /** Batches that are timed, after one that is not. Default 3. */
  readonly repeats?: number;
}

/**
 * Measures a network's speed and memory with random images. Its weights stay as they are, but for the
 * moving averages of batch normalization. The engine must be ready.
 *
 * @param model Gives logits, and takes images of a fixed size.
 *
 * @example
 * ```ts ignore
 * const model = buildVGG({ configuration: "A", inputSize: 64, activation: "linear" });
 * const { trained } = await measureCost(model);
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
    // A rate of 0 costs as much as any other.
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
  const augment = makeAugment({ kind: "none" }, resolveNormalisation("rescale"));
  return { augment, precision: "float32", microBatch };
}

/** A compiled step shows nothing of what it holds: this one is not compiled. */
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

/** The median of some timings, after a first one that warms up. */
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
