import assert from "node:assert/strict";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { testCrops, type TestTime } from "../../lib/runs/schemas.ts";
import { assertClose } from "../assert_close.ts";
import { type Case, goldenCases, testFormulaNet } from "../evaluation/formula_images.ts";
import { peersPython, peersWanted, runScript, testWithPeers } from "./environment.ts";

if (peersWanted) await useEngine();

/** PyTorch's posteriors for some cases, which tests/peers/torch_test_time.py makes. */
async function torchPosteriors(
  cases: readonly Case[],
): Promise<Record<TestTime["crops"], number[][]>[]> {
  const python = await peersPython(["torch"]);
  const printed = await runScript(python, "torch_test_time.py", JSON.stringify(cases));
  const { cases: answered }: { cases: typeof goldenCases } = JSON.parse(printed);
  return answered.map(({ posteriors }) => posteriors as Record<TestTime["crops"], number[][]>);
}

const larger: Case[] = [
  {
    network: { configuration: "B", inputSize: 64, width: 0.25, classes: 10, batchNorm: true },
    squash: false,
    scales: [73, 64],
    flip: true,
  },
  {
    network: { configuration: "E", inputSize: 32, width: 0.5, classes: 100, head: "small" },
    squash: true,
    scales: [36, 50],
    flip: false,
  },
];

testWithPeers("PyTorch gives the same posteriors and top-1 for larger nets", async () => {
  const made = await torchPosteriors(larger);
  for (const [index, tested] of larger.entries()) {
    for (const crops of testCrops) {
      const ours = await testFormulaNet(tested, { ...tested, crops });
      const theirs = made[index]![crops];
      assertClose(ours.flat(), theirs.flat(), 1e-4);
      assert.deepEqual(ours.map(top), theirs.map(top));
    }
  }
});

testWithPeers("PyTorch still gives the committed posteriors", async () => {
  const made = await torchPosteriors(goldenCases);
  goldenCases.forEach(({ posteriors }, index) => {
    for (const crops of testCrops) {
      assertClose(made[index]![crops].flat(), posteriors[crops].flat(), 1e-5);
    }
  });
});

function top(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}
