/**
 * Measures the gradient of each kind of VGG16's filters in every form, in GFLOP/s: what
 * `fasterForm()` decides by. `deno run -A tests/bench/filter_gradient.ts [SIZE [BATCH [PRECISION]]]`
 *
 * @module
 */

import { print } from "../../lib/cli/progress.ts";
import { useEngine } from "../../lib/engine/choose.ts";
import { compile, type Compiled } from "../../lib/engine/compile.ts";
import {
  computeFilterGradient,
  fasterForm,
  type FilterGradientForm,
} from "../../lib/engine/tensorflow/kernels/filter_gradient.ts";
import { tf } from "../../lib/engine/tf.ts";

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
const rounds = 5;

await useEngine({ engine: "tensorflow" });
for (const [shrunk, channels, filters] of kinds) {
  const side = size / shrunk;
  const shape = [3, 3, channels, filters] as [number, number, number, number];
  const x = tf.randomNormal([batch, side, side, channels]) as tf.Tensor4D;
  const dy = tf.randomNormal([batch, side, side, filters]) as tf.Tensor4D;
  const work = 2 * 9 * channels * filters * batch * side * side / 1e9;
  const speeds = (["stock", "rows", "columns", "swapped"] as const).map((form) => {
    const compiled = compile(
      (a: tf.Tensor, b: tf.Tensor) => gradient(form, a.relu(), b.relu(), shape),
      { precision },
    );
    const speed = work / fastest(compiled, x, dy);
    compiled.dispose();
    return `${form} ${speed.toFixed(0)}`;
  });
  const chosen = fasterForm(x.shape, filters, precision) ?? "stock";
  print(`${side} px, ${channels} to ${filters}: ${speeds.join(", ")}; chosen: ${chosen}`);
  tf.dispose([x, dy]);
}

function gradient(
  form: FilterGradientForm | "stock",
  x: tf.Tensor,
  dy: tf.Tensor,
  shape: [number, number, number, number],
): tf.Tensor {
  if (form !== "stock") return computeFilterGradient(form, x, dy, shape);
  // Padded before, which no faster form takes, it is oneDNN's own kernel.
  const stock = { strides: 1, pad: "valid", dataFormat: "NHWC", filterShape: shape };
  const padded = (x as tf.Tensor4D).pad([[0, 0], [1, 1], [1, 1], [0, 0]]);
  return tf.engine().runKernel("Conv2DBackpropFilter", { x: padded, dy }, stock);
}

/** Seconds. */
function fastest(
  compiled: Compiled<readonly [tf.Tensor, tf.Tensor], tf.Tensor>,
  x: tf.Tensor,
  dy: tf.Tensor,
): number {
  const seconds = Array.from({ length: rounds }, () => {
    const start = performance.now();
    const result = compiled(x, dy);
    result.dataSync();
    result.dispose();
    return (performance.now() - start) / 1000;
  });
  return Math.min(...seconds);
}
