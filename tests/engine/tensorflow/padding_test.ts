import assert from "node:assert/strict";
import { compile } from "../../../lib/engine/compile.ts";
import { OptionError } from "../../../lib/errors.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { onPlainCpu, testWithTensorFlow } from "./support.ts";

/** Numbers of which no two are the same, so that each window has one largest. */
function ramp(shape: number[]): tf.Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1)), shape);
}

const least = -1e6;

type Computation = (...tensors: tf.Tensor[]) => tf.Tensor;

/** Computes eagerly, compiled and in plain JavaScript. */
async function assertSameEverywhere(
  name: string,
  compute: Computation,
  shapes: readonly number[][],
): Promise<void> {
  const before = tf.memory().numTensors;
  const run = (fn: Computation) => (): { shape: number[]; values: Float32Array } =>
    tf.tidy(() => {
      const result = fn(...shapes.map(ramp));
      // Of no pixels the largest is minus infinity, and the average 0, in plain JavaScript NaN.
      const values = result.dataSync<"float32">().map((value) => Math.max(value || 0, least));
      return { shape: result.shape, values };
    });
  const compiled = compile(compute);
  const [eager, traced, plain] = [run(compute)(), run(compiled)(), await onPlainCpu(run(compute))];
  compiled.dispose();
  for (const { shape, values } of [eager, traced]) {
    assert.deepEqual(shape, plain.shape, name);
    assertClose(values, plain.values, 1e-5);
  }
  assert.equal(tf.memory().numTensors, before);
}

/**
 * The gradient of sums and of largest values is an adjoint: `dy · f(v) = f′(dy) · v`. TensorFlow.js's own
 * gradient of an average is none where windows reach beyond the image.
 */
function assertAdjoint(compute: (x: tf.Tensor) => tf.Tensor, shape: number[]): void {
  const gradientOf = tf.grad(compute);
  const compiled = compile((x: tf.Tensor, dy: tf.Tensor) => gradientOf(x, dy));
  tf.tidy(() => {
    const v = ramp(shape);
    const y = compute(v);
    const dy = ramp(y.shape).square();
    const expected = dy.mul(y).sum().arraySync();
    for (const gradient of [gradientOf(v, dy), compiled(v, dy)]) {
      const found = gradient.mul<tf.Tensor>(v).sum().arraySync();
      assertClose([found as number], [expected as number], 1e-4);
    }
  });
  compiled.dispose();
}

type Pad = number | tf.backend_util.ExplicitPadding;
const uneven: tf.backend_util.ExplicitPadding = [[0, 0], [1, 2], [0, 1], [0, 0]];
type Mode = "floor" | "round" | "ceil" | undefined;
const moves: [window: number, stride: number, pad: Pad, mode: Mode][] = [
  [3, 1, 1, undefined],
  [3, 2, 2, "floor"],
  [2, 3, 1, "ceil"],
  [2, 2, 0, "ceil"],
  [2, 3, 1, "round"],
  [3, 1, uneven, undefined],
  [2, 2, uneven, "ceil"],
  // Windows without any pixel.
  [2, 1, 3, undefined],
];
const images = [2, 5, 4, 3];
const volume = [1, 4, 3, 5, 2];

for (const [window, stride, pad, mode] of moves) {
  const shown = `window ${window}, stride ${stride}, padding ${JSON.stringify(pad)}, ${mode}`;

  testWithTensorFlow(`pooling pads as TensorFlow.js does: ${shown}`, async () => {
    const max = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, window, stride, pad, mode);
    const average = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, window, stride, pad, mode);
    await assertSameEverywhere("max", max, [images]);
    // Plain JavaScript's gradient forgets the rounding.
    if (mode !== "ceil") await assertSameEverywhere("gradient", tf.grad(max), [images]);
    else if (pad === 0) assertAdjoint(max, images);
    await assertSameEverywhere("average", average, [images]);
    assertAdjoint(average, images);
    if (mode) return;
    const indices = (x: tf.Tensor) =>
      tf.maxPoolWithArgmax(x as tf.Tensor4D, window, stride, pad as number, true).indexes!;
    if (pad !== 3) await assertSameEverywhere("indices", indices, [images]);
  });

  if (typeof pad !== "number") continue;
  testWithTensorFlow(`pooling of volumes pads as TensorFlow.js does: ${shown}`, async () => {
    const max = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, window, stride, pad, mode);
    const average = (x: tf.Tensor) => tf.avgPool3d(x as tf.Tensor5D, window, stride, pad, mode);
    await assertSameEverywhere("max", max, [volume]);
    await assertSameEverywhere("the gradient of max", tf.grad(max), [volume]);
    await assertSameEverywhere("average", average, [volume]);
    assertAdjoint(average, volume);
  });
}

for (const [pad, mode] of [[1, undefined], [2, "ceil"], [uneven, undefined]] as const) {
  for (const stride of [1, 2]) {
    const shown = `stride ${stride}, padding ${JSON.stringify(pad)}, ${mode}`;
    testWithTensorFlow(`convolutions pad as TensorFlow.js does: ${shown}`, async () => {
      const plain = (x: tf.Tensor, w: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad, "NHWC", 1, mode);
      const depthwise = (x: tf.Tensor, w: tf.Tensor) =>
        tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad, "NHWC", 1, mode);
      const fused = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: stride,
          pad,
          bias,
          activation: "relu",
          ...(mode ? { dimRoundingMode: mode } : {}),
        });
      const filter = [3, 3, 3, 4];
      await assertSameEverywhere("conv2d", plain, [images, filter]);
      await assertSameEverywhere("depthwise", depthwise, [images, [3, 3, 3, 2]]);
      await assertSameEverywhere("fused", fused, [images, filter, [4]]);
      for (const [compute, w] of [[plain, filter], [depthwise, [3, 3, 3, 2]]] as const) {
        assertAdjoint((x) => compute(x, ramp([...w])), images);
        assertAdjoint((w) => compute(ramp(images), w), [...w]);
      }
    });
  }
}

testWithTensorFlow(
  "transposed convolutions pad as TensorFlow.js does, with gradients",
  async () => {
    for (const [pad, stride] of [[1, 2], [uneven, 1]] as const) {
      const shape = [2, 5, 4, 3] as tf.Tensor4D["shape"];
      const { outShape } = tf.backend_util.computeConv2DInfo(shape, [3, 3, 3, 4], stride, 1, pad);
      const transposed = (x: tf.Tensor, w: tf.Tensor) =>
        tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, shape, stride, pad);
      await assertSameEverywhere("transposed", transposed, [outShape, [3, 3, 3, 4]]);
      assertAdjoint((x) => transposed(x, ramp([3, 3, 3, 4])), outShape);
      assertAdjoint((w) => transposed(ramp(outShape), w), [3, 3, 3, 4]);
    }
  },
);

testWithTensorFlow("a window of two sides is padded along each axis by its own side", () => {
  tf.tidy(() => {
    const x = tf.ones<tf.Rank.R4>([1, 4, 6, 1]);
    assert.deepEqual(tf.maxPool(x, [2, 5], 1, 1).shape, [1, 5, 4, 1]);
    assert.deepEqual(tf.avgPool(x, [1, 3], [1, 2], 1).shape, [1, 6, 3, 1]);
  });
});

testWithTensorFlow("padding that is not whole, or too large, is refused", () => {
  const x = tf.ones<tf.Rank.R4>([1, 2, 2, 1]);
  const filter = tf.ones<tf.Rank.R4>([1, 1, 1, 1]);
  for (const pad of [0.5, NaN, Infinity, 2 ** 31, 2 ** 32 + 1]) {
    for (const pooling of [tf.maxPool, tf.avgPool]) {
      assert.throws(() => tf.tidy(() => pooling(x, 1, 1, pad)), OptionError, `${pad}`);
    }
    assert.throws(() => tf.tidy(() => tf.conv2d(x, filter, 1, pad)), OptionError, `${pad}`);
  }
  tf.dispose([x, filter]);
});
