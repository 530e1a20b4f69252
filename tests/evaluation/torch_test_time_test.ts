import assert from "node:assert/strict";
import { subset } from "../../lib/data/subset.ts";
import { tf } from "../../lib/engine/tf.ts";
import { testCrops } from "../../lib/runs/schemas.ts";
import { assertClose } from "../assert_close.ts";
import { countHandles, testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { formulaSplit, goldenCases, testFormulaNet } from "./formula_images.ts";

for (const { posteriors, ...tested } of goldenCases) {
  const { network, scales } = tested;
  for (const crops of testCrops) {
    testWithTensorFlow(
      `${crops} gives PyTorch's posteriors for ${network.configuration} at ${scales} pixels`,
      async () => {
        const before = tf.memory().numTensors;
        const actual = await testFormulaNet(tested, { ...tested, crops });
        assertClose(actual.flat(), posteriors[crops].flat(), 1e-4);
        assert.deepEqual(actual.map(top), posteriors[crops].map(top));
        assert.equal(tf.memory().numTensors, before);
      },
    );
  }
}

testWithTensorFlow("the compiled function gives the same posteriors as the eager one", async () => {
  const { posteriors, ...tested } = goldenCases[1]!;
  const times = 100; // Enough batches to be compiled.
  const many = subset(
    formulaSplit,
    Array.from({ length: times * formulaSplit.length }, (_, index) => index % formulaSplit.length),
  );
  const [before, handles] = [tf.memory().numTensors, countHandles()];
  const actual = await testFormulaNet(tested, { ...tested, crops: "center" }, many);
  assertClose(actual.flat(), Array(times).fill(posteriors.center.flat()).flat(), 1e-4);
  assert.deepEqual([tf.memory().numTensors, countHandles()], [before, handles]);
});

function top(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}
