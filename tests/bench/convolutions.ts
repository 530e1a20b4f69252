/**
 * Measures each kind of VGG16's convolutions and its two gradients in every form, in GFLOP/s of a
 * direct convolution: what `isWinogradFaster()` and `fastestAlgorithm()` decide by.
 * `deno run -A tests/bench/convolutions.ts [SIZE [BATCH [PRECISION]]]`
 *
 * @module
 */

import { log } from "../../lib/cli/progress.ts";
import { compile, type Compiled } from "../../lib/engine/compile.ts";
import {
  computeFilterGradient,
  fastestAlgorithm,
} from "../../lib/engine/tensorflow/kernels/filter_gradient.ts";
import {
  type FilterShape,
  isWinogradFaster,
  winogradConvolution,
  winogradInputGradient,
} from "../../lib/engine/tensorflow/kernels/winograd/winograd.ts";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";

/** Of images or gradients, and a filter or gradients. */
type Compute = (a: tf.Tensor4D, b: tf.Tensor4D) => tf.Tensor;

const [size = 224, batch = 8] = Deno.args.map(Number);
const precision = Deno.args[2] === "bfloat16" ? "bfloat16" : "float32";
/** By how much the image has shrunk, channels in and out. */
const kinds = [
  [1, 64, 64],
  [2, 64, 128],
  [2, 128, 128],
  [4, 128, 256],
  [4, 256, 256],
  [8, 256, 512],
  [8, 512, 512],
  [16, 512, 512],
] as const;
const rounds = 8;

if (size % 16 !== 0) {
  throw new RangeError(`SIZE must be a multiple of 16. Received: ${Deno.args[0]}`);
}
await useEngine({ engine: "tensorflow" });
for (const [shrunk, channels, filters] of kinds) {
  const side = size / shrunk;
  const shape: FilterShape = [3, 3, channels, filters];
  const images = tf.relu(tf.randomNormal<tf.Rank.R4>([batch, side, side, channels]));
  const filter = tf.randomNormal<tf.Rank.R4>([...shape]);
  const gradients = tf.randomNormal<tf.Rank.R4>([batch, side, side, filters]);
  const work = 2 * 9 * channels * filters * batch * side ** 2 / 1e9;
  const chosen = isWinogradFaster(images.shape, shape, precision) ? "winograd" : "stock";
  log(`${side} px, ${channels} to ${filters}`);
  tell("forward", chosen, work, images, filter, {
    stock: (x, w) => run("Conv2D", { x: padded(x), filter: w }, {}),
    winograd: winogradConvolution,
  });
  tell("images' gradient", chosen, work, gradients, filter, {
    stock: (dy, w) =>
      run("Conv2DBackpropInput", { dy, filter: w }, {
        inputShape: [batch, side + 2, side + 2, channels],
      }),
    winograd: winogradInputGradient,
  });
  tell(
    "filter's gradient",
    fastestAlgorithm(images.shape, shape, precision) ?? "stock",
    work,
    images,
    gradients,
    {
      stock: (x, dy) => run("Conv2DBackpropFilter", { x: padded(x), dy }, { filterShape: shape }),
      ...Object.fromEntries(
        (["columns", "swapped", "winograd"] as const).map((form) =>
          [
            form,
            (x: tf.Tensor4D, dy: tf.Tensor4D) => computeFilterGradient(form, x, dy, shape),
          ] as const
        ),
      ),
    },
  );
  tf.dispose([images, filter, gradients]);
}

/** Prints how fast each form is, in turns. */
function tell(
  what: string,
  chosen: string,
  work: number,
  a: tf.Tensor4D,
  b: tf.Tensor4D,
  forms: Record<string, Compute>,
): void {
  const seconds = new Map<string, number>();
  const compiled = Object.entries(forms).map(([form, compute]) =>
    [form, compile((x: tf.Tensor4D, y: tf.Tensor4D) => compute(x, y), { precision })] as const
  );
  for (let round = 0; round < rounds; round++) {
    for (const [form, run] of compiled) {
      seconds.set(form, Math.min(seconds.get(form) ?? Infinity, time(run, a, b)));
    }
  }
  for (const [, run] of compiled) run.dispose();
  const speeds = [...seconds].map(([form, time]) => `${form} ${(work / time).toFixed(0)}`);
  log(`  ${what}: ${speeds.join(", ")}; chosen: ${chosen}`);
}

/** Oneself padded, which no faster form takes, it is oneDNN's own kernel. */
function run(kernel: string, inputs: tf.NamedTensorMap, others: tf.NamedAttrMap): tf.Tensor {
  const attributes = { strides: 1, pad: "valid", dataFormat: "NHWC", dilations: 1, ...others };
  return tf.engine().runKernel(kernel, inputs, attributes);
}

function padded(x: tf.Tensor4D): tf.Tensor4D {
  return x.pad([[0, 0], [1, 1], [1, 1], [0, 0]]);
}

/** Seconds. */
function time(
  compiled: Compiled<readonly [tf.Tensor4D, tf.Tensor4D], tf.Tensor>,
  a: tf.Tensor4D,
  b: tf.Tensor4D,
): number {
  const start = performance.now();
  const result = compiled(a, b);
  result.dataSync();
  result.dispose();
  return (performance.now() - start) / 1000;
}
