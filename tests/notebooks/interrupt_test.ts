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
    assert.deepEqual(after, { status: "ok", texts: ['"42,interrupted"'] });

    const run = await openRun(join(folder, "run"));
    assert.equal(run.record.status, "interrupted");
    assert.ok((await run.history()).length >= 1);
    await run.requireWeights("best");
    await run.requireWeights("last");
  }));
