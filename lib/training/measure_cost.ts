import { tf } from "../engine/tf.ts";
import { SGD } from "./sgd.ts";
import { batchGradients } from "./step.ts";

/** What a network costs on this machine. */
export interface MeasuredCost {
  /** Images a second that are predicted, and that are trained on: medians. */
  readonly predicted: number;
  readonly trained: number;
  /** Bytes of all weights. */
  readonly weightBytes: number;
  /** The most bytes of tensors that a training step held beyond what was there before. */
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
  const labels = tf.zeros<tf.Rank.R1>([batchSize], "int32");
  const optimizer = new SGD({
    momentum: 0.9,
    nesterov: true,
    weightDecay: { kind: "l2", value: 5e-4 },
    clipNorm: 0,
  });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const predict = (): void =>
    tf.tidy(() => {
      (model.predict(images) as tf.Tensor).sum().dataSync();
    });
  const train = (): void =>
    tf.tidy(() => {
      const step = { labelSmoothing: 0, microBatch: batchSize, seed: [1, 1] } as const;
      const { gradients } = batchGradients(model, variables, images, labels, step);
      // A rate of 0 costs as much as any other.
      optimizer.apply(variables, gradients, 0);
      // Waits for the last update where the engine works on its own.
      variables[0]!.sum().dataSync();
      tf.dispose(gradients);
    });
  try {
    const before = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(train);
    return {
      predicted: batchSize / medianSeconds(predict, repeats),
      trained: batchSize / medianSeconds(train, repeats),
      weightBytes: model.weights.reduce(
        (sum, { shape }) => sum + 4 * tf.util.sizeFromShape(shape as number[]),
        0,
      ),
      stepBytes: peakBytes - before,
    };
  } finally {
    optimizer.dispose();
    tf.dispose([images, labels]);
  }
}

/** The median of some timings, after a first one that warms up. */
function medianSeconds(work: () => void, repeats: number): number {
  work();
  const seconds = Array.from({ length: repeats }, () => {
    const started = performance.now();
    work();
    return (performance.now() - started) / 1000;
  });
  return seconds.sort((a, b) => a - b)[Math.floor(repeats / 2)]!;
}
