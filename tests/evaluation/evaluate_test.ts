import { join } from "@std/path";
import assert from "node:assert/strict";
import { findImages } from "../../lib/data/images/find_images.ts";
import { repeatedPrecision } from "../../lib/engine/precision.ts";
import { tf } from "../../lib/engine/tf.ts";
import { runningEngine } from "../../lib/engine/use_engine.ts";
import { evaluate, type EvaluateOptions } from "../../lib/evaluation/evaluate.ts";
import { evaluateWeights } from "../../lib/evaluation/evaluate_weights.ts";
import { predict, type PredictOptions } from "../../lib/evaluation/predict.ts";
import { openDescribedWeights, openNet } from "../../lib/runs/open_net.ts";
import { Results } from "../../lib/runs/results.ts";
import { openRun, type Run, RunError } from "../../lib/runs/run.ts";
import { testCrops } from "../../lib/runs/schemas.ts";
import { exportWeights } from "../../lib/weights/export/export_weights.ts";
import { assertClose } from "../assert_close.ts";
import { countHandles, testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { makeFormulaRun, writeFormulaData } from "./formula_runs.ts";

const network = { configuration: "A", inputSize: 32, batchNorm: true } as const;
const cropFit = { mode: "crop", size: 32, shortestSide: 36 } as const;

/** Evaluates and returns all probabilities that were written, image by image. */
async function probabilities(run: Run | Run[], options: EvaluateOptions): Promise<number[]> {
  let written = "";
  const onWritten = (directory: string): void => {
    written = directory;
  };
  await evaluate(run, { ...options, onWritten });
  const predictions = await new Results(written).predictions();
  return predictions.flatMap((prediction) => prediction.probabilities);
}

/** Tests with formula data (see `writeFormulaData`) and asserts that no tensor leaks. */
function testOnData(
  name: string,
  data: { side?: number },
  work: (folder: string, source: string) => Promise<void>,
): void {
  testWithTensorFlow(name, () =>
    inFolder(async (folder) => {
      const source = join(folder, "data");
      await writeFormulaData(source, data);
      const before = [tf.memory().numTensors, countHandles()];
      await work(folder, source);
      assert.deepEqual([tf.memory().numTensors, countHandles()], before);
    }));
}

testOnData(
  "at the network's input size dense and multi-crop equal the center",
  { side: 32 },
  async (folder, source) => {
    for (const head of ["4096-4096", "small"] as const) {
      const run = await makeFormulaRun(join(folder, head), source, { ...network, head });
      for (const flip of [true, false]) {
        const center = await probabilities(run, { flip });
        for (const crops of ["dense", "multi", "both"] as const) {
          assertClose(await probabilities(run, { crops, flip }), center, 1e-5);
        }
      }
    }
  },
);

testOnData("flips make predictions the same for mirrored images", { side: 32 }, async (
  folder,
  source,
) => {
  const run = await makeFormulaRun(join(folder, "run"), source, network);
  const mirrored = join(folder, "mirrored");
  await writeFormulaData(mirrored, { side: 32, flop: true });
  for (const crops of testCrops) {
    const original = await probabilities(run, { crops, flip: true });
    assertClose(await probabilities(run, { crops, flip: true, data: mirrored }), original, 1e-6);
  }
  const plain = await probabilities(run, { flip: false });
  const other = await probabilities(run, { flip: false, data: mirrored });
  assert.ok(plain.some((value, at) => Math.abs(value - other[at]!) > 1e-3));
  const flipped = await probabilities(run, { flip: true });
  assertClose(flipped, plain.map((value, at) => (value + other[at]!) / 2), 1e-6);
});

testOnData("several scales are averaged in any order", {}, async (folder, source) => {
  const run = await makeFormulaRun(join(folder, "run"), source, network, { fit: cropFit });
  for (const crops of testCrops) {
    const each: number[][] = [];
    for (const scale of [32, 36, 43]) {
      each.push(await probabilities(run, { crops, scales: [scale] }));
    }
    const together = await probabilities(run, { crops, scales: [43, 32, 36] });
    assertClose(await probabilities(run, { crops, scales: [32, 36, 43] }), together, 1e-6);
    assertClose(together, each[0]!.map((_, at) => each.reduce((s, p) => s + p[at]!, 0) / 3), 1e-5);
    const differs = each[0]!.some((value, at) => Math.abs(value - each[2]![at]!) > 1e-3);
    assert.ok(differs, "the scales must give different probabilities");
  }
});

testOnData("evaluation.json records how predictions were made", {}, async (folder, source) => {
  const run = await makeFormulaRun(join(folder, "run"), source, network, { fit: cropFit });
  const plain = await evaluate(run);
  assert.deepEqual([plain.crops, plain.scales, plain.flip, plain.runs], [
    ...["center", [36], false, undefined],
  ]);
  const dense = await evaluate(run.directory, { crops: "dense", scales: [40, 36] });
  assert.deepEqual([dense.crops, dense.scales, dense.flip], ["dense", [36, 40], true]);
  assert.deepEqual({ ...await run.evaluation() }, { ...dense });
  assert.equal(dense.images, 6);
  assert.equal((await run.mistakes()).length, Math.round(6 * (1 - dense.top1)));
});

/** The probabilities that {@linkcode predict} gives for a run's validation images, image by image. */
async function predictFiles(
  from: string,
  source: string,
  options: PredictOptions = {},
): Promise<number[]> {
  const net = await openNet(from);
  const files = await findImages([join(source, "val")]);
  const probabilities: number[][] = [];
  for await (const result of predict(net, files, { ...options, top: 3 })) {
    if ("reason" in result) throw new Error(result.reason);
    probabilities.push(
      result.top.toSorted((a, b) => a.label - b.label).map(({ probability }) => probability),
    );
  }
  net.model.dispose();
  return probabilities.flat();
}

testOnData(
  "predict() agrees with evaluate(), for a run and for its weights file",
  {},
  async (folder, source) => {
    for (const flipAtTest of [true, false]) {
      const directory = join(folder, `${flipAtTest}`);
      const run = await makeFormulaRun(directory, source, network, { fit: cropFit });
      await run.update({ recipe: { ...run.record.recipe, flipAtTest } });
      const file = join(folder, `${flipAtTest}.safetensors`);
      {
        using weights = await openDescribedWeights(directory);
        await exportWeights(weights, "safetensors", file);
      }
      const measured = await probabilities(run, {});
      for (const from of [directory, file]) {
        assertClose(await predictFiles(from, source), measured, 1e-5);
        for (const flip of [true, false]) {
          const expected = await probabilities(run, { flip });
          assertClose(await predictFiles(from, source, { flip }), expected, 1e-5);
          assertClose(await predictFiles(from, source, { flip, batchSize: 1 }), expected, 1e-5);
          const differ = expected.some((value, at) => Math.abs(value - measured[at]!) > 1e-3);
          assert.equal(differ, flip !== flipAtTest);
        }
      }
    }
  },
);

testOnData(
  "predict() computes in a run's precision, as evaluate() does, for a run and for its weights file",
  {},
  async (folder, source) => {
    const directory = join(folder, "run");
    const run = await makeFormulaRun(directory, source, network, { fit: cropFit });
    const plain = await predictFiles(directory, source);
    await run.update({ precision: "bfloat16" });
    const file = join(folder, "run.safetensors");
    {
      using weights = await openDescribedWeights(directory);
      await exportWeights(weights, "safetensors", file);
    }
    const measured = await probabilities(run, {});
    for (const from of [directory, file]) {
      assertClose(await predictFiles(from, source), measured, 1e-5);
    }
    const output = join(folder, "file");
    await evaluateWeights(file, { data: source, split: "validation", output });
    const ofFile = await new Results(output).predictions();
    assertClose(ofFile.flatMap((prediction) => prediction.probabilities), measured, 1e-5);
    // Where the hardware only emulates bfloat16, all is computed in float32.
    const differ = plain.some((value, at) => Math.abs(value - measured[at]!) > 1e-5);
    assert.equal(differ, repeatedPrecision("bfloat16", runningEngine()) === "bfloat16");
  },
);

testOnData("an ensemble's predictions are the means of its runs", {}, async (folder, source) => {
  const one = await makeFormulaRun(join(folder, "one"), source, network, { fit: cropFit });
  const other = await makeFormulaRun(join(folder, "other"), source, {
    ...{ configuration: "C", inputSize: 40, head: "small" },
  });
  const output = join(folder, "together");
  for (const crops of testCrops) {
    const [ours, theirs] = [
      await probabilities(one, { crops }),
      await probabilities(other, { crops }),
    ];
    const means = ours.map((value, at) => (value + theirs[at]!) / 2);
    assertClose(await probabilities([one, other], { crops, output }), means, 1e-6);
  }
  const results = new Results(output);
  const { runs, scales, crops } = await results.evaluation();
  assert.deepEqual(runs, [one.directory, other.directory]);
  assert.deepEqual([scales, crops], [[36, 40], "both"]);
  assert.ok((await results.mistakes()).length > 0);
  assert.equal((await one.evaluation()).runs, undefined);
});

testOnData("evaluate() rejects runs that do not form an ensemble", {}, async (folder, source) => {
  const make = (name: string, data = {}): Promise<Run> =>
    makeFormulaRun(join(folder, name), source, network, data);
  const one = await make("one");
  const renamed = await make("renamed", {
    classes: ["a", "c", "b"].map((id) => ({ id, name: id })),
  });
  const elsewhere = await make("elsewhere", { source: "drawn10" });
  await assert.rejects(evaluate([]), /runs to evaluate must be one or more\. Received: none/);
  await assert.rejects(evaluate([one, one.directory]), /must differ\. Received: .*one, .*one$/);
  await assert.rejects(
    evaluate([one, renamed]),
    /the same classes in the same order: .*one has a,b,c\. Received: .*renamed with a,c,b/,
  );
  await assert.rejects(
    evaluate([one, elsewhere]),
    /the same data set unless one is given: .*drawn10/,
  );
  await assert.rejects(evaluate([one, join(folder, "none")]), /there is no .*none[\\/]run\.json/);
  const output = elsewhere.directory;
  await assert.rejects(
    evaluate(one, { output }),
    (error) => error instanceof RunError && error.message.endsWith(`Received: ${output}`),
  );
  await assert.rejects(evaluate(one, { scales: [40, 31] }), /from 32, .*Received: 31/);
  await assert.rejects(one.evaluation(), /there is no .*evaluation\.json/);
});

testOnData("evaluate() reports progress and ends when the signal aborts", {}, async (
  folder,
  source,
) => {
  const run = await makeFormulaRun(join(folder, "run"), source, network, { fit: cropFit });
  const options = { crops: "both", scales: [36, 40] } as const;
  const reported: number[] = [];
  await evaluate(run, {
    ...options,
    onProgress: (done, total) => {
      assert.equal(total, 6);
      reported.push(done);
    },
  });
  assert.deepEqual(reported, reported.toSorted((a, b) => a - b));
  assert.equal(reported.at(-1), 6);
  await Deno.remove(run.path("evaluation"));
  const controller = new AbortController();
  const { signal } = controller;
  const onProgress = (): void => controller.abort();
  await assert.rejects(evaluate(run, { ...options, signal, onProgress }), { name: "AbortError" });
  await assert.rejects((await openRun(run.directory)).evaluation(), RunError);
});
