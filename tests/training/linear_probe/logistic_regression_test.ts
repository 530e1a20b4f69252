import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { LogisticRegression } from "../../../lib/training/linear_probe/logistic_regression.ts";
import { assertClose } from "../../assert_close.ts";
import { testWithTensorFlow } from "../../engine/tensorflow/support.ts";

/** Correlated features on very different scales. The last one is constant. */
function correlated(): { rows: number[][]; labels: number[] } {
  const random = (seed: number): number => {
    const value = Math.sin(seed * 127.1) * 43758.5453;
    return value - Math.floor(value) - 0.5;
  };
  const labels = Array.from({ length: 40 }, (_, row) => row % 3);
  const rows = labels.map((label, row) => {
    const first = random(5 * row + 1) + label / 2;
    return [first, 100 * (first + random(5 * row + 2) / 5), random(5 * row + 3) - label / 3, 7];
  });
  return { rows, labels };
}

/**
 * Computes the gradient of mean cross-entropy and penalty in double precision. It is zero only at the single
 * minimum, as the penalty makes the sum strictly convex.
 *
 * @param kernel Of standardized features, `[features][classes]`.
 */
function slopeAt(
  { rows, labels }: { rows: number[][]; labels: number[] },
  { kernel, bias, weightDecay }: { kernel: number[][]; bias: number[]; weightDecay: number },
): number[] {
  const gradient = [
    ...kernel.map((row) => row.map((value) => weightDecay * value)),
    bias.map(() => 0),
  ];
  rows.forEach((row, index) => {
    const logits = bias.map((value, label) =>
      row.reduce((sum, feature, at) => sum + feature * kernel[at]![label]!, value)
    );
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    logits.forEach((logit, label) => {
      const residual = Math.exp(logit) / total - (labels[index] === label ? 1 : 0);
      [...row, 1].forEach((feature, at) => {
        gradient[at]![label]! += feature * residual / rows.length;
      });
    });
  });
  return gradient.flat();
}

function standardized(rows: number[][]): { rows: number[][]; deviations: number[] } {
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const columns = rows[0]!.map((_, at) => rows.map((row) => row[at]!));
  const means = columns.map(mean);
  const deviations = columns.map((column, at) =>
    Math.sqrt(mean(column.map((value) => (value - means[at]!) ** 2))) || 1
  );
  return {
    rows: rows.map((row) => row.map((value, at) => (value - means[at]!) / deviations[at]!)),
    deviations,
  };
}

testWithTensorFlow("LogisticRegression converges to the minimum, and leaks no tensor", async () => {
  const { rows, labels } = correlated();
  const before = tf.memory().numTensors;
  const features = tf.tensor2d(rows);
  const wanted = tf.tensor1d(labels, "int32");
  const weightDecay = 1e-3;
  const regression = new LogisticRegression({ features, labels: wanted, classes: 3 }, {
    weightDecay,
    labelSmoothing: 0,
  });
  assert.ok(await regression.run(1) > 1e-2);
  const left = await regression.run(1000);
  assert.ok(left < 1e-5, `a gradient of ${left} is left`);
  const { kernel, bias } = regression.classifier();
  const logits = tf.tidy(() => features.matMul<tf.Tensor2D>(kernel).add<tf.Tensor2D>(bias));
  const [own, scores] = [await kernel.array(), await logits.array()];

  // The same classifier, of standardized features.
  const { rows: plain, deviations } = standardized(rows);
  const scaled = own.map((row, at) => row.map((value) => value * deviations[at]!));
  const shifted = scores[0]!.map((score, label) =>
    score - plain[0]!.reduce((sum, feature, at) => sum + feature * scaled[at]![label]!, 0)
  );
  const gradient = slopeAt({ rows: plain, labels }, { kernel: scaled, bias: shifted, weightDecay });
  assert.equal(gradient.length, 15);
  const zeros = gradient.map(() => 0);
  assertClose(gradient, zeros, 3e-5);
  tf.dispose([features, wanted, kernel, bias, logits]);
  regression.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("LogisticRegression equals a result computed by hand", async () => {
  await tf.setBackend("cpu");
  // One feature, ±1: with weights ∓a the gradient is −2 / (1 + e^2a) + 2 · decay · a, zero at a = 1.
  const features = tf.tensor2d([[-1], [1]]);
  const labels = tf.tensor1d([0, 1], "int32");
  const regression = new LogisticRegression({ features, labels, classes: 2 }, {
    weightDecay: 1 / (1 + Math.E ** 2),
    labelSmoothing: 0,
  });
  await regression.run(200);
  const { kernel, bias } = regression.classifier();
  assertClose(kernel, [-1, 1], 1e-5);
  const [one, other] = bias.dataSync<"float32">();
  assertClose([other! - one!], [0], 1e-5);
  tf.dispose([features, labels, kernel, bias]);
  regression.dispose();
});
