import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { testCrops } from "../../lib/training/run_files.ts";
import { assertClose } from "../assert_close.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { goldenCases, testFormulaNet } from "./formula_pictures.ts";

for (const { posteriors, ...tested } of goldenCases) {
  const { network, scales } = tested;
  for (const crops of testCrops) {
    testWithTensorFlow(
      `${crops} gives PyTorch's posteriors for ${network.configuration} at ${scales} pixels`,
      async () => {
        const before = tf.memory().numTensors;
        const made = await testFormulaNet(tested, { ...tested, crops });
        assertClose(made.flat(), posteriors[crops].flat(), 1e-4);
        assert.deepEqual(made.map(top), posteriors[crops].map(top));
        assert.equal(tf.memory().numTensors, before);
      },
    );
  }
}

function top(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}
