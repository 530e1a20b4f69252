import { basename, join } from "@std/path";
import assert from "node:assert/strict";
import { articleClasses } from "../../lib/data/sources/class_names.ts";
import { drawRunFigures } from "../../lib/figures/run_figures.ts";
import { Results } from "../../lib/runs/results.ts";
import { Run, RunError } from "../../lib/runs/run.ts";
import type { RunRecord } from "../../lib/runs/run_record.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "../runs/example_record.ts";
import { articleEvaluation, fakeHistory, redImage } from "./support.ts";

const record: Omit<RunRecord, "name"> = {
  ...exampleRecord,
  status: "finished",
  data: {
    ...exampleRecord.data,
    name: "ten",
    source: "ten",
    classes: articleClasses,
    train: 13000,
    validation: 500,
    fit: { mode: "stretch", size: 64 },
  },
  model: { configuration: "D", inputSize: 64, classes: 10, width: 0.25, head: "small" },
  recipe: { name: "fast", epochs: 6, batchSize: 8 },
  result: {
    epochs: 6,
    best_epoch: 4,
    best_val_accuracy: 0.4,
    seconds: 9,
    stopped: "early stopping",
  },
};
const png = Uint8Array.fromBase64(redImage.split(",")[1]!);
const probabilities = articleClasses.map(() => 0.1);
const mistake = { id: "a.png", actual: 0, predicted: 3, probabilities, file: "01.png" };
const keepsPage = { sanitizeOps: false, sanitizeResources: false };

async function makeRun(folder: string): Promise<Run> {
  const run = await Run.create(join(folder, "mine"), record);
  await run.writeHistory(fakeHistory(6));
  await run.writeEvaluation(articleEvaluation);
  await run.writeMistakes([mistake], [png]);
  return run;
}

Deno.test(
  "drawRunFigures() writes a PNG and a Plotly specification per figure",
  keepsPage,
  () =>
    inFolder(async (folder) => {
      const { directory } = await makeRun(folder);
      const paths = await drawRunFigures(directory);
      const stems = [
        ...["architecture", "learning_curves", "confusion_matrix", "per_class_accuracy"],
        "misclassified",
      ];
      assert.deepEqual(
        paths.map((path) => basename(path)),
        stems.flatMap((stem) => [`${stem}.json`, `${stem}.png`]),
      );
      const written = Array.from(Deno.readDirSync(join(directory, "figures")), ({ name }) => name);
      assert.deepEqual(written.sort(), paths.map((path) => basename(path)).sort());
      for (const path of paths.filter((path) => path.endsWith(".json"))) {
        const { data, layout } = JSON.parse(await Deno.readTextFile(path));
        assert.ok(Array.isArray(data) && layout.width > 0 && layout.height > 0, path);
      }
    }),
);

Deno.test(
  "drawRunFigures() draws only the requested figures of an open run",
  keepsPage,
  () =>
    inFolder(async (folder) => {
      const run = await makeRun(folder);
      const paths = await drawRunFigures(run, { only: ["misclassified"] });
      assert.deepEqual(paths.map((path) => basename(path)), [
        "misclassified.json",
        "misclassified.png",
      ]);
      const { layout } = JSON.parse(await Deno.readTextFile(paths[0]!));
      assert.match(
        layout.title.text.replaceAll(/<[^>]+>/g, " ").replaceAll(/ +/g, " "),
        /VGG16, width 0\.25, 64 px, on ten, the most confident of 290 mistakes/,
      );
      assert.equal(layout.images[0].source, redImage);
    }),
);

Deno.test(
  "drawRunFigures() draws the figures of the evaluation for an ensemble",
  keepsPage,
  () =>
    inFolder(async (folder) => {
      const results = new Results(join(folder, "both"));
      await results.writeEvaluation({
        ...articleEvaluation,
        ...{ crops: "dense", scales: [64, 73], flip: true, runs: ["runs/D", "runs/E"] },
      });
      await results.writeMistakes([mistake], [png]);
      const paths = await drawRunFigures(results.directory);
      const stems = ["confusion_matrix", "per_class_accuracy", "misclassified"];
      assert.deepEqual(
        paths.map((path) => basename(path)),
        stems.flatMap((stem) => [`${stem}.json`, `${stem}.png`]),
      );
      const { layout } = JSON.parse(await Deno.readTextFile(paths[0]!));
      assert.match(layout.title.text, /D with E, dense at 64 and 73 px with flips, 2 runs/);
      await assert.rejects(
        drawRunFigures(results, { only: ["learning_curves"] }),
        /one of confusion_matrix, .*misclassified\. Received: learning_curves/,
      );
    }),
);

Deno.test("drawRunFigures() names the file that is missing or empty and the command that creates it", () =>
  inFolder(async (folder) => {
    await assert.rejects(drawRunFigures(folder), /there is no .*run\.json; .*deno task train/);
    const run = await Run.create(join(folder, "mine"), record);
    const draw = (name: string): Promise<string[]> => drawRunFigures(run, { only: [name] });
    await assert.rejects(draw("learning_curves"), /history\.jsonl has no epoch/);
    await assert.rejects(draw("confusion_matrix"), /evaluation\.json; .*deno task evaluate/);
    await run.writeEvaluation(articleEvaluation);
    await assert.rejects(draw("misclassified"), /index\.json; .*deno task evaluate/);
    await run.writeMistakes([mistake], [png]);
    await Deno.writeTextFile(join(run.directory, "mistakes", "01.png"), "no image");
    await assert.rejects(draw("misclassified"), /01\.png is damaged/);
    await Deno.remove(join(run.directory, "mistakes", "01.png"));
    await assert.rejects(draw("misclassified"), /01\.png; .*deno task evaluate/);
  }));

Deno.test("drawRunFigures() rejects unknown figures and networks, and stops when the signal aborts", () =>
  inFolder(async (folder) => {
    const run = await makeRun(folder);
    await assert.rejects(
      drawRunFigures(run, { only: ["curves"] }),
      /one of architecture, .*misclassified. Received: curves/,
    );
    const signal = AbortSignal.abort();
    await assert.rejects(drawRunFigures(run, { signal }), { name: "AbortError" });
    await run.update({ model: { configuration: "Z", inputSize: 64, classes: 10 } });
    await assert.rejects(drawRunFigures(run, { only: ["architecture"] }), RunError);
  }));
