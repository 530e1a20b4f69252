import assert from "node:assert/strict";
import { compile } from "../../../lib/engine/compile.ts";
import {
  batchNormTraining,
  type NormalizedBatch,
} from "../../../lib/engine/ops/batch_norm_training.ts";
import { randomUniform } from "../../../lib/engine/ops/random_uniform.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { onPlainCpu, testWithTensorFlow } from "./support.ts";

const ramp = (shape: number[], scale = 0.1): tf.Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(i) * scale), shape);
};

/** The values that a computation has on TensorFlow and in plain JavaScript. */
async function both(compute: () => tf.Tensor[]): Promise<[Float32Array[], Float32Array[]]> {
  const values = (): Float32Array[] =>
    tf.tidy(() => compute().map((tensor) => tensor.dataSync<"float32">().slice()));
  return [values(), await onPlainCpu(values)];
}

async function assertSame(compute: () => tf.Tensor[], tolerance = 1e-5): Promise<void> {
  const before = tf.memory().numTensors;
  const [ours, plain] = await both(compute);
  assert.equal(ours.length, plain.length);
  ours.forEach((values, index) => assertClose(values, plain[index], tolerance));
  assert.equal(tf.memory().numTensors, before);
}

testWithTensorFlow(
  "relu's gradient equals the stock one, also at zero and in second order",
  async () => {
    await assertSame(() => {
      const x = tf.tensor1d([-1, 0, 0.5, 2]);
      const gradient = tf.grad((x) => tf.relu(x).square().sum());
      const curvature = tf.grad((x) => gradient(x).square().sum());
      return [gradient(x), curvature(x)];
    });
  },
);

testWithTensorFlow("adding a bias and its gradient equal plain JavaScript's", async () => {
  await assertSame(() => {
    const [dx, db] = tf.grads((x, b) => tf.add(x, b).square().sum())([
      ramp([2, 3, 3, 4]),
      ramp([4]),
    ]);
    return [tf.add(ramp([2, 3, 3, 4]), ramp([4])), dx!, db!, tf.add(ramp([3, 1]), ramp([1]))];
  });
});

testWithTensorFlow("sums over all axes but the last equal plain JavaScript's", async () => {
  await assertSame(() => [
    ramp([2, 3, 4]).sum([0, 1]),
    ramp([2, 3, 4]).sum([0, 1], true),
    ramp([2, 3, 4]).sum([1, 2]),
    ramp([5, 4]).sum(0),
    ramp([5]).sum(),
  ]);
});

testWithTensorFlow(
  "round() leaves integers as they are, and rounds halves to even",
  async () => {
    await assertSame(() => [
      tf.round(tf.tensor1d([-12345678, 0, 7], "int32")),
      tf.round(tf.tensor1d([-1.5, -0.4, 0.5, 2.5, 2.6])),
    ]);
  },
);

testWithTensorFlow("matrix products equal plain JavaScript's, transposed or not", async () => {
  const orientations: [number[], number[], boolean, boolean][] = [
    [[2, 3], [3, 4], false, false],
    [[3, 2], [3, 4], true, false],
    [[2, 3], [4, 3], false, true],
    [[3, 2], [4, 3], true, true],
  ];
  await assertSame(() => [
    ...orientations.map(([a, b, transposeA, transposeB]) =>
      tf.matMul(ramp(a), ramp(b), transposeA, transposeB)
    ),
    tf.matMul(ramp([5, 2, 3]), ramp([5, 3, 2])),
  ]);
});

testWithTensorFlow("batch normalization and its gradients equal plain JavaScript's", async () => {
  await assertSame(() => {
    const inputs = [ramp([4, 5, 5, 3], 2), ramp([3], 1).add(1), ramp([3])] as const;
    const weights = ramp([4, 5, 5, 3], 1);
    const { y, mean, variance } = batchNormTraining(
      inputs[0] as tf.Tensor4D,
      inputs[1] as tf.Tensor1D,
      inputs[2] as tf.Tensor1D,
      1e-3,
    );
    const gradients = tf.grads((x, gamma, beta) =>
      batchNormTraining(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-3).y
        .mul(weights).sum()
    )([...inputs]);
    return [y, mean, variance, ...gradients];
  }, 1e-4);
});

testWithTensorFlow("batch normalization in bfloat16 equals float32 up to rounding", () => {
  tf.tidy(() => {
    // The values are exact in bfloat16, but a channel has more of them than bfloat16 could sum.
    const step = (shape: number[]): tf.Tensor => ramp(shape, 64).round().div(32);
    const images = step([16, 16, 16, 8]).add(4) as tf.Tensor4D;
    const upstream = step([16, 16, 16, 8]).reverse(0);
    const [gamma, beta] = [step([8]).add(2) as tf.Tensor1D, step([8]) as tf.Tensor1D];
    const pass = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor[] => {
      const run = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): NormalizedBatch =>
        batchNormTraining(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D, 1e-3);
      const { y, mean, variance } = run(x, scale, offset);
      const gradients = tf.grads((a, b, c) => run(a!, b!, c!).y)([x, scale, offset], upstream);
      return [y, mean, variance, ...gradients];
    };
    const [exact, rounded] = (["float32", "bfloat16"] as const).map((precision) => {
      const compiled = compile(pass, { precision });
      const results = compiled(images, gamma, beta);
      compiled.dispose();
      return results;
    });
    exact!.forEach((expected, index) => {
      const largest = expected.abs().max().dataSync()[0]!;
      // y and the gradient of x are in bfloat16, the others in float32.
      const tolerance = [0, 3].includes(index) ? 2 ** -8 : 2 ** -12;
      assertClose(rounded![index], expected, tolerance * largest);
    });
  });
});

testWithTensorFlow(
  "tf.image.transform() transforms each image of a batch by its own matrix",
  () => {
    tf.tidy(() => {
      const images = tf.tensor4d([0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2, 1]);
      // The first image moves half a pixel to the left, the second is flipped upside down.
      const matrices = tf.tensor2d([[1, 0, 0.5, 0, 1, 0, 0, 0], [1, 0, 0, 0, -1, 1, 0, 0]]);
      const moved = tf.image.transform(images, matrices, "bilinear", "nearest");
      assertClose(moved, [0.5, 1, 2.5, 3, 6, 7, 4, 5], 1e-6);
    });
  },
);

testWithTensorFlow("randomUniform() depends only on its seed and is uniform over [0, 1)", () => {
  tf.tidy(() => {
    const draw = (a: number, b: number): Float32Array =>
      randomUniform([100, 100], tf.tensor1d([a, b], "int32")).dataSync<"float32">();
    const [one, again, other] = [draw(1, 2), draw(1, 2), draw(1, 3)];
    assert.deepEqual(one, again);
    assert.notDeepEqual(one, other);
    const mean = one.reduce((sum, value) => sum + value, 0) / one.length;
    assert.ok(Math.abs(mean - 0.5) < 0.02, `mean ${mean}`);
    assert.ok(one.every((value) => value >= 0 && value < 1));
  });
});

testWithTensorFlow(
  "local response normalization and its gradient equal plain JavaScript's",
  async () => {
    await assertSame(() => {
      const x = ramp([1, 2, 2, 8], 3) as tf.Tensor4D;
      const normalize = (x: tf.Tensor): tf.Tensor =>
        tf.localResponseNormalization(x as tf.Tensor4D, 2, 2, 1e-4, 0.75);
      return [normalize(x), tf.grad((x) => normalize(x).square().sum())(x)];
    }, 1e-4);
  },
);

testWithTensorFlow(
  "a dense layer, fused or not, and its gradients equal plain JavaScript's",
  async () => {
    await assertSame(() =>
      (["linear", "relu", "sigmoid"] as const).flatMap((activation) => {
        const layer = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
          tf.fused.matMul({
            a: x as tf.Tensor2D,
            b: kernel as tf.Tensor2D,
            bias,
            activation,
          });
        const inputs = [ramp([4, 6], 1), ramp([6, 5], 1), ramp([5], 1)] as const;
        const gradients = tf.grads((...all) => layer(all[0]!, all[1]!, all[2]!).square().sum());
        return [layer(...inputs), ...gradients([...inputs])];
      })
    );
  },
);
