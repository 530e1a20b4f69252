import { join } from "@std/path";
import assert from "node:assert/strict";
import type { Split } from "../../lib/data/dataset.ts";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { decodeAhead } from "../../lib/data/pipeline/decode_ahead.ts";
import { prepareImages } from "../../lib/data/pipeline/prepared_split.ts";
import { subset } from "../../lib/data/subset.ts";
import { tf } from "../../lib/engine/tf.ts";
import { runningEngine } from "../../lib/engine/use_engine.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import type { EvaluationSet } from "../../lib/evaluation/evaluation_set.ts";
import { measure } from "../../lib/evaluation/measure.ts";
import { type EvaluatedModel, predictRuns } from "../../lib/evaluation/predict_runs.ts";
import { resolveTestTime } from "../../lib/evaluation/test_time.ts";
import { loadModel } from "../../lib/runs/load_model.ts";
import { Results } from "../../lib/runs/results.ts";
import type { Run } from "../../lib/runs/run.ts";
import { countHandles, testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { makeFormulaRun } from "./formula_runs.ts";

const network = { configuration: "A", inputSize: 32, batchNorm: true, head: "small" } as const;
const images = 150;
const isBroken = (index: number): boolean => index === 5 || index === 111;

/** Writes class folders with validation images of one color and noise each, two of them broken. */
async function writeImages(folder: string): Promise<void> {
  const { default: sharp } = await import("sharp");
  for (let index = 0; index < images; index++) {
    const id = "abc"[index % 3]!;
    const data = Uint8Array.from(
      { length: 40 * 36 * 3 },
      (_, at) => index + (at * at + index) % 97,
    );
    const file = join(folder, "val", id, `${String(index).padStart(3, "0")}.png`);
    await Deno.mkdir(join(folder, "val", id), { recursive: true });
    if (isBroken(index)) await Deno.writeTextFile(file, "no picture");
    else await sharp(data, { raw: { width: 40, height: 36, channels: 3 } }).png().toFile(file);
    if (index >= 3) continue;
    await Deno.mkdir(join(folder, "train", id), { recursive: true });
    await sharp(data, { raw: { width: 40, height: 36, channels: 3 } }).flop().png()
      .toFile(join(folder, "train", id, `${index}.png`));
  }
}

function testOnImages(
  name: string,
  work: (run: Run, split: Split, model: EvaluatedModel) => Promise<void>,
): void {
  testWithTensorFlow(name, () =>
    inFolder(async (folder) => {
      const source = join(folder, "data");
      await writeImages(source);
      const run = await makeFormulaRun(join(folder, "run"), source, network);
      const { validation } = await loadDataset(source);
      const before = [tf.memory().numTensors, countHandles()];
      await work(run, validation, {
        record: run.record,
        testTime: resolveTestTime(run.record),
        load: () => loadModel(run, "best", "linear"),
      });
      assert.deepEqual([tf.memory().numTensors, countHandles()], before);
    }));
}

testOnImages(
  "evaluate() writes the same bits as decoding all images first",
  async (run, split, model) => {
    assert.equal(split.length, images);
    const engine = runningEngine()!;
    const posteriors = await predictRuns([model], split, { engine });
    const expected = Array.from(posteriors.means(), ({ image, probabilities }) => ({
      id: split.path(image),
      actual: split.labels[image]!,
      predicted: probabilities.indexOf(Math.max(...probabilities)),
      probabilities,
    }));
    assert.equal(expected.length, images - 2);
    const [told, progress]: [string[], number[]] = [[], []];
    const { data } = await evaluate(run, {
      split: "validation",
      onMessage: (line) => told.push(line),
      onProgress: (done) => progress.push(done),
      onPrepare: (_done, _total, { verb }) => assert.fail(`${verb} is shown beside the progress`),
    });
    assert.deepEqual(await run.predictions(), expected);
    assert.equal(data?.broken, 2);
    assert.match(told.join("\n"), /left out: 2 files that cannot be decoded, the first val.a.111/);
    assert.ok(progress.some((done) => done < images / 2));
    assert.equal(progress.at(-1), images);
  },
);

testOnImages(
  "the first images are predicted before the last ones are decoded",
  async (_run, split, model) => {
    const begun = Promise.withResolvers<void>();
    const waiting: Split = {
      ...split,
      image: async (index, size) => {
        if (index >= images - 20) await begun.promise;
        return await split.image(index, size);
      },
    };
    const resize = { mode: "stretch", size: 32 } as const;
    await using decoded = decodeAhead(waiting, resize, { ahead: images, keep: false });
    let checked = 0;
    const posteriors = await predictRuns([model], split, {
      engine: runningEngine()!,
      decoding: {
        ...{ resize, decoded },
        onDecoded: ({ length }) => {
          checked = length;
          return Promise.resolve();
        },
      },
      onProgress: () => begun.resolve(),
    });
    assert.equal(Array.from(posteriors.means()).length, images - 2);
    assert.equal(checked, images - 2);
  },
);

testOnImages(
  "images that were decoded ahead are given up for those that their check finds",
  async (run, split, model) => {
    const folder = `${run.directory}-results`;
    const results = new Results(folder);
    const resize = { mode: "stretch", size: 32 } as const;
    const set: EvaluationSet = {
      ...{ name: "data", source: "data", images: split, unknown: 0, isDefault: false, notes: [] },
      split: "validation",
    };
    const { classes } = run.record.data;
    const measurement = {
      ...{ models: [model], set, fit: resize, classes, results },
      context: { weights: "best" },
    } as const;
    const found = subset(split, [7, 6, 120]);
    let length = 0;
    const { data } = await measure({
      ...measurement,
      check: async (prepared) => {
        length = prepared.length;
        return { images: found, prepared: await prepareImages(found, resize) };
      },
    }, {});
    assert.equal(length, images - 2);
    assert.equal(data?.broken, 0);
    const ids = (await results.predictions()).map(({ id }) => id);
    assert.deepEqual(ids, [7, 6, 120].map((index) => split.path(index)));
    const refused = { ...measurement, check: () => Promise.reject(new Error("trained on")) };
    await assert.rejects(measure(refused, {}), /trained on/);
    assert.deepEqual((await results.predictions()).map(({ id }) => id), ids);
  },
);
