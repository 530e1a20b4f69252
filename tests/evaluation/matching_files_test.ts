import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { drawRunFigures } from "../../lib/figures/run_figures.ts";
import { writeReport } from "../../lib/report/write_report.ts";
import { type Run, RunError } from "../../lib/runs/run.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { makeFormulaRun, writeFormulaData } from "./formula_runs.ts";

const network = { configuration: "A", inputSize: 32, batchNorm: true } as const;

/** Tests with an untrained run, and asserts that no tensor leaks. */
function testOnRun(name: string, work: (run: Run, folder: string) => Promise<void>): void {
  testWithTensorFlow(name, () =>
    inFolder(async (folder) => {
      const source = join(folder, "data");
      await writeFormulaData(source);
      const run = await makeFormulaRun(join(folder, "run"), source, network);
      const history = {
        ...{ epoch: 1, loss: 1, accuracy: 0.5, val_loss: 1, val_accuracy: 0.25, lr: 0.1 },
        ...{ seconds: 2, images_per_second: 12 },
      };
      await run.writeHistory([history]);
      const before = tf.memory().numTensors;
      await work(run, folder);
      assert.equal(tf.memory().numTensors, before);
    }));
}

const refused = (path: string) => (error: Error): boolean =>
  error instanceof RunError && !error.message.includes("\n") && error.message.includes(path) &&
  error.message.endsWith("make them again with: deno task evaluate --run DIR");

/** Everything that shows an evaluation. */
const readers: Readonly<Record<string, (run: Run) => Promise<unknown>>> = {
  figures: (run) => drawRunFigures(run, { only: ["confusion_matrix"] }),
  report: (run) => writeReport([run.directory]),
};

testOnRun(
  "results that do not belong together are refused until they are made again",
  async (run) => {
    const { files = {} } = await evaluate(run);
    const mistakes = (await run.mistakes()).map(({ file }) => `mistakes/${file}`);
    assert.deepEqual(
      Object.keys(files),
      [...mistakes, "mistakes/index.json", "predictions.jsonl"],
    );
    for (const read of Object.values(readers)) await read(run);
    for (const name of Object.keys(files)) {
      const path = join(run.directory, name);
      const bytes = await Deno.readFile(path);
      const changes: (() => Promise<void>)[] = [
        () => Deno.writeFile(path, bytes.with(bytes.length - 3, bytes.at(-3)! ^ 1)),
        () => Deno.remove(path),
      ];
      for (const change of changes) {
        await change();
        for (const [reader, read] of Object.entries(readers)) {
          await assert.rejects(read(run), RunError, `${reader}, ${name}`);
        }
        await assert.rejects(run.requireMatching(), refused(path));
      }
      await Deno.writeFile(path, bytes);
      await run.requireMatching();
    }
    await Deno.remove(join(run.directory, "mistakes"), { recursive: true });
    await evaluate(run);
    for (const read of Object.values(readers)) await read(run);
  },
);

testOnRun("predictions of another evaluation are told from those of this one", async (run) => {
  await evaluate(run);
  const ofOne = await Deno.readFile(run.path("evaluation"));
  await evaluate(run, { flip: true });
  await Deno.writeFile(run.path("evaluation"), ofOne);
  for (const read of [...Object.values(readers), () => run.predictions(), () => run.mistakes()]) {
    await assert.rejects(read(run), refused(run.directory));
  }
  // Evaluations of earlier versions name no files, and have no digest of their own.
  const { files: _, sha256: __, ...old } = JSON.parse(new TextDecoder().decode(ofOne));
  await Deno.writeTextFile(run.path("evaluation"), JSON.stringify(old));
  for (const read of Object.values(readers)) await read(run);
});

testOnRun("evaluations of a run at once write one after the other", async (run, folder) => {
  const said: string[] = [];
  const onMessage = (line: string): unknown => said.push(line);
  const output = join(folder, "results");
  using lock = await run.lockResults({});
  const flips = [true, false, true].map((flip) => evaluate(run, { flip, onMessage }));
  const others = [true, false].map((flip) => evaluate(run, { flip, output }));
  const first = await Promise.all(others);
  assert.equal(first.length, 2);
  while (said.filter((line) => line.startsWith("waiting")).length < 3) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await assert.rejects(run.evaluation(), /there is no .*evaluation\.json/);
  assert.match(said.find((line) => line.startsWith("waiting"))!, /another process writes .*run$/);
  lock[Symbol.dispose]();
  await Promise.all(flips);
  await run.requireMatching();
  assert.equal((await run.predictions()).length, 6);
});
