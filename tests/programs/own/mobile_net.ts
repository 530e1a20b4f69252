import * as tf from "@tensorflow/tfjs";

/** How many images, and how often they are seen. */
export interface MobileNetSizes {
  readonly images: number;
  readonly epochs: number;
  /** Of an image's sides, in pixels. */
  readonly pixels: number;
}

const batchSize = 32;
const classes = 3;

/** A block of MobileNet: a depthwise convolution and one of 1 × 1, each with batch normalization. */
function block(filters: number, strides: number): tf.layers.Layer[] {
  const common = { padding: "same", useBias: false } as const;
  return [
    tf.layers.depthwiseConv2d({ ...common, kernelSize: 3, strides }),
    tf.layers.batchNormalization({ momentum: 0.9 }),
    tf.layers.reLU({ maxValue: 6 }),
    tf.layers.conv2d({ ...common, filters, kernelSize: 1 }),
    tf.layers.batchNormalization({ momentum: 0.9 }),
    tf.layers.reLU({ maxValue: 6 }),
  ];
}

/** A small MobileNet (Howard et al. 2017), compiled for Adam. */
export function mobileNet(pixels: number): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        ...{ inputShape: [pixels, pixels, 3], filters: 16, kernelSize: 3, strides: 2 },
        ...{ padding: "same", useBias: false },
      }),
      tf.layers.batchNormalization({ momentum: 0.9 }),
      tf.layers.reLU({ maxValue: 6 }),
      ...block(32, 1),
      ...block(64, 2),
      ...block(64, 1),
      ...block(128, 2),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: classes, activation: "softmax" }),
    ],
  });
  const metrics = ["accuracy"];
  model.compile({ optimizer: tf.train.adam(0.003), loss: "categoricalCrossentropy", metrics });
  return model;
}

/** Noisy stripes: class 0 horizontal, 1 vertical, 2 diagonal. The caller disposes of both tensors. */
export function stripes(count: number, pixels: number): { x: tf.Tensor4D; y: tf.Tensor2D } {
  const values = new Float32Array(count * pixels * pixels * 3);
  const labels = new Int32Array(count);
  let next = 0;
  for (let image = 0; image < count; image++) {
    const label = labels[image] = image % classes;
    const [down, right] = [label === 1 ? 0 : 1, label === 0 ? 0 : 1];
    const phase = Math.random() * 6;
    for (let row = 0; row < pixels; row++) {
      for (let column = 0; column < pixels; column++) {
        const stripe = Math.sin(down * row + right * column + phase);
        for (let channel = 0; channel < 3; channel++) {
          values[next++] = stripe + Math.random() - 0.5;
        }
      }
    }
  }
  return {
    x: tf.tensor4d(values, [count, pixels, pixels, 3]),
    y: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), classes).toFloat() as tf.Tensor2D),
  };
}

/** Trains the net on stripes and returns its accuracy on others. */
export async function trainMobileNet({ images, epochs, pixels }: MobileNetSizes): Promise<number> {
  const model = mobileNet(pixels);
  const training = stripes(images, pixels);
  const others = stripes(Math.ceil(images / 4), pixels);
  await model.fit(training.x, training.y, { epochs, batchSize, verbose: 0 });
  const measured = model.evaluate(others.x, others.y, { batchSize }) as tf.Scalar[];
  const accuracy = (await measured[1]!.data())[0]!;
  tf.dispose([measured, training, others]);
  model.optimizer.dispose();
  model.dispose();
  return accuracy;
}

/** The program: prints the accuracy. */
export async function main([images, epochs, pixels]: readonly string[]): Promise<void> {
  const sizes = { images: Number(images), epochs: Number(epochs), pixels: Number(pixels) };
  // deno-lint-ignore no-console -- It is a program, whose output is read.
  console.log(`accuracy = ${(await trainMobileNet(sizes)).toFixed(3)}`);
}
