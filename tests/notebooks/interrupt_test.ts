import { join } from "@std/path";
import assert from "node:assert/strict";
import { z } from "zod";
import { openRun } from "../../lib/runs/run.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { notebooksFolder, notebookTools } from "./environment.ts";
import { runScript } from "./execute.ts";

const replies = z.array(z.object({ status: z.string(), texts: z.array(z.string()) }));

Deno.test("interrupting a training cell ends it after its step, and keeps the kernel and the run", () =>
  inFolder(async (folder) => {
    const data = join(folder, "tiny");
    await writeTiny(data);
    const options = {
      data,
      network: { configuration: "A", width: 0.0625, inputSize: 32 },
      changes: { epochs: 5000, batchSize: 8 },
      run: join(folder, "run"),
    };
    const cells = [
      { source: 'import { train, watchTraining } from "vgg"; const kept = 41;' },
      {
        source: `const run = await train({ ...${JSON.stringify(options)}, ...watchTraining() });`,
        interruptAt: "figure learning_curves",
      },
      { source: "[kept + 1, run.record.status].join()" },
    ];
    const jupyter = await notebookTools();
    const printed = await runScript(
      jupyter,
      "interrupt.py",
      notebooksFolder,
      JSON.stringify(cells),
    );
    const [, training, after] = replies.parse(JSON.parse(printed));
    assert.equal(training?.status, "ok");
    assert.match(training.texts.join("\n"), /Interrupted: training ends after this step\./);
    const last = training.texts.findLast((text) => text.includes("Interrupted"));
    assert.match(
      last!.split("\n").at(-1)!,
      /^Interrupted in epoch \d+ of 5000, after step \d+ of 3\. To resume this run: await train\(\{ run: ".*run", resume: true, \.\.\.watchTraining\(\) \}\)$/,
    );
    assert.deepEqual(after, { status: "ok", texts: ['"42,interrupted"'] });

    const run = await openRun(join(folder, "run"));
    assert.equal(run.record.status, "interrupted");
    assert.ok((await run.history()).length >= 1);
    await run.requireWeights("best");
    await run.requireWeights("last");
  }));

Deno.test("interrupting a cell while images are drawn ends it with one line, and keeps the kernel", () =>
  inFolder(async (folder) => {
    const cells = [
      {
        source: `import { loadOrTrain } from "vgg"; const kept = 41; ` +
          `Deno.chdir(${JSON.stringify(folder)});`,
      },
      {
        source: 'const run = await loadOrTrain({ data: "drawn10", network: { inputSize: 96 } });',
        interruptAt: "Drawing: ",
      },
      { source: "kept + 1" },
    ];
    const jupyter = await notebookTools();
    const printed = await runScript(
      jupyter,
      "interrupt.py",
      notebooksFolder,
      JSON.stringify(cells),
    );
    const [, drawing, after] = replies.parse(JSON.parse(printed));
    assert.equal(drawing?.status, "error");
    assert.match(drawing.texts.join("\n"), /^Drawing: [\d.]+ %, [\d,]+ of 4,500 images/m);
    assert.equal(
      drawing.texts.at(-1),
      "AbortError: The cell was interrupted. Run it again to start over. | " +
        "Interrupted: The cell was interrupted. Run it again to start over.",
    );
    assert.deepEqual(after, { status: "ok", texts: ["42"] });
    // Neither a run nor half of the images is left.
    assert.deepEqual(await namesIn(folder), []);
    assert.deepEqual(await namesIn(join(folder, "data")), []);
  }));

Deno.test("interrupting loadOrTrain() says that running the cell again resumes the run", () =>
  inFolder(async (folder) => {
    await writeTiny(join(folder, "tiny"));
    const options = {
      data: "tiny",
      network: { configuration: "A", width: 0.0625, inputSize: 32 },
      changes: { epochs: 5000, batchSize: 8 },
    };
    const train = `const run = await loadOrTrain(${JSON.stringify(options)});`;
    const cells = [
      { source: `import { loadOrTrain } from "vgg"; Deno.chdir(${JSON.stringify(folder)});` },
      { source: train, interruptAt: "figure learning_curves" },
      { source: "run.record.status" },
      { source: train, interruptAt: "figure learning_curves" },
      { source: "run.record.resumed.length" },
    ];
    const jupyter = await notebookTools();
    const printed = await runScript(
      jupyter,
      "interrupt.py",
      notebooksFolder,
      JSON.stringify(cells),
    );
    const [, first, status, , resumed] = replies.parse(JSON.parse(printed));
    assert.match(
      first!.texts.join("\n"),
      /^Interrupted in epoch \d+ of 5000, after step \d+ of 3\. Run this cell again to resume the run\.$/m,
    );
    assert.deepEqual(status, { status: "ok", texts: ['"interrupted"'] });
    assert.deepEqual(resumed, { status: "ok", texts: ["1"] });
  }));

async function namesIn(folder: string): Promise<string[]> {
  return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).catch(() => []);
}
