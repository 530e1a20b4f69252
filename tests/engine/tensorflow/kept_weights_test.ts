import assert from "node:assert/strict";
import { compile } from "../../../lib/engine/compile.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { BatchNormalization } from "../../../lib/vgg/layers/batch_normalization.ts";
import { assertClose } from "../../assert_close.ts";
import { countRuns, testWithTensorFlow } from "./support.ts";

type Size = readonly [batch: number, height: number, width: number];

const normal = (shape: readonly number[], seed: number): tf.Tensor4D =>
  tf.randomNormal<tf.Rank.R4>([...shape] as tf.Tensor4D["shape"], 0, 1, "float32", seed);

/** How far apart two results are, as a part of the largest value. */
function difference(result: tf.Tensor, expected: tf.Tensor): number {
  return tf.tidy(() => result.sub(expected).abs().max().div(expected.abs().max()).dataSync()[0]!);
}

/** Convolutions with the filter's size, and whether one is a product with a matrix that is made of it. */
const convolutions: readonly [Size, filterSize: number, isDense: boolean][] = [
  [[8, 1, 1], 3, true],
  [[8, 2, 2], 3, true],
  [[9, 1, 2], 3, true],
  [[8, 3, 3], 5, true],
  [[8, 2, 2], 4, true],
  [[8, 1, 1], 4, true],
  [[8, 3, 3], 3, false],
  [[2, 2, 2], 3, false],
  // By Winograd's algorithm, with a transformed filter that is kept.
  [[64, 6, 5], 3, false],
];

for (const [size, filterSize, isDense] of convolutions) {
  const name = `${size.join(" × ")} px with filters of ${filterSize} px`;
  testWithTensorFlow(`predictions convolve ${name} as ever`, () => {
    const before = tf.memory().numTensors;
    const x = normal([...size, 128], 1);
    const filter = tf.tidy(() => tf.variable(normal([filterSize, filterSize, 128, 128], 2)));
    const layer = (images: tf.Tensor): tf.Tensor =>
      tf.conv2d(images as tf.Tensor4D, filter as tf.Tensor4D, 1, "same");
    const forms = (["float32", "bfloat16"] as const).map((precision) => ({
      precision,
      plain: compile(layer, { precision }),
      predicting: compile(layer, { precision, inference: true }),
    }));
    for (const { precision, plain, predicting } of forms) {
      const slices = countRuns("Slice");
      for (let call = 0; call < 3; call++) {
        const [expected, result] = [plain(x), predicting(x)];
        const limit = precision === "float32" ? 1e-5 : 2e-2;
        assert.ok(difference(result, expected) < limit, `${precision}, call ${call}`);
        tf.dispose([expected, result]);
        tf.tidy(() => filter.assign(filter.mul(1 + call)));
      }
      slices.stop();
      assert.equal(slices.count > 0, isDense, precision);
    }
    for (const { plain, predicting } of forms) for (const run of [plain, predicting]) run.dispose();
    tf.dispose([x, filter]);
    assert.equal(tf.memory().numTensors, before);
  });
}

/** Layers of `tf.layers`, the channels of whose results are those of their images. */
const stacks: Record<
  string,
  { channels: number; folds: boolean; layers: () => tf.layers.Layer[] }
> = {
  "a convolution without bias, batch normalization and relu": {
    channels: 8,
    folds: true,
    layers: () => [
      convolution(8, { useBias: false }),
      new BatchNormalization(),
      tf.layers.reLU(),
    ],
  },
  "a convolution with bias and batch normalization without scale": {
    channels: 8,
    folds: true,
    layers: () => [convolution(8), new BatchNormalization({ scale: false })],
  },
  "a convolution by Winograd's algorithm, batch normalization and relu": {
    channels: 128,
    folds: true,
    layers: () => [convolution(128), new BatchNormalization(), tf.layers.reLU()],
  },
  "a convolution with relu before batch normalization": {
    channels: 8,
    folds: false,
    layers: () => [convolution(8, { activation: "relu" }), new BatchNormalization()],
  },
};

function convolution(
  filters: number,
  options: Partial<Parameters<typeof tf.layers.conv2d>[0]> = {},
): tf.layers.Layer {
  return tf.layers.conv2d({ filters, kernelSize: 3, padding: "same", ...options });
}

for (const [name, { channels, folds, layers }] of Object.entries(stacks)) {
  testWithTensorFlow(`predictions compute ${name} as ever`, () => {
    const before = tf.memory().numTensors;
    const model = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [8, 8, channels] }), ...layers()],
    });
    const randomize = (): void =>
      tf.tidy(() =>
        model.setWeights(model.getWeights().map(({ shape }) => tf.randomUniform(shape, 0.5, 2)))
      );
    const predict = (x: tf.Tensor): tf.Tensor => model.apply(x) as tf.Tensor;
    const [plain, predicting] = [compile(predict), compile(predict, { inference: true })];
    const x = normal([16, 8, 8, channels], 1);
    const roots = countRuns("Rsqrt");
    for (let call = 1; call <= 3; call++) {
      randomize();
      const [expected, first, second] = [plain(x), predicting(x), predicting(x)];
      assert.ok(difference(first, expected) < 1e-5);
      assertClose(second, first, 0);
      tf.dispose([expected, first, second]);
      // One of the folded filter, one of the folded bias.
      assert.equal(roots.count, folds ? 2 * call : 0);
    }
    roots.stop();
    plain.dispose();
    predicting.dispose();
    tf.dispose(x);
    model.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}
