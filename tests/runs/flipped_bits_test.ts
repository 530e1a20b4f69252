import { join } from "@std/path";
import assert from "node:assert/strict";
import { summarize } from "../../lib/evaluation/metrics/summarize.ts";
import { openRun, Run, RunError, runFiles } from "../../lib/runs/run.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "./example_record.ts";

/** What reads each file. */
const readers = {
  record: (folder: string) => openRun(folder),
  history: async (folder: string) => await (await openRun(folder)).history(),
  evaluation: async (folder: string) => await (await openRun(folder)).evaluation(),
} as const;

Deno.test("a flipped bit in a JSON file of a run is read as another value, or told in one line", () =>
  inFolder(async (folder) => {
    const directory = join(folder, "mine");
    const run = await Run.create(directory, exampleRecord);
    await run.writeHistory([{
      ...{ epoch: 1, loss: 1, accuracy: 0.5, val_loss: NaN, val_accuracy: 0.25, lr: 0.1 },
      ...{ seconds: 2, images_per_second: 12 },
    }]);
    const prediction = { id: "a.png", actual: 1, predicted: 0, probabilities: [0.75, 0.25] };
    const classes = [{ id: "a", name: "a" }, { id: "b", name: "b" }];
    const context = {
      split: "test",
      weights: "best",
      files: { "predictions.jsonl": "0" },
    } as const;
    await run.writeEvaluation(summarize([prediction], classes, context));
    for (const [file, read] of Object.entries(readers)) {
      const name = runFiles[file as keyof typeof readers], path = join(directory, name);
      const whole = await Deno.readFile(path);
      let refused = 0;
      for (let at = 0; at < whole.length; at++) {
        const bit = at % 8;
        await Deno.writeFile(path, whole.with(at, whole[at]! ^ 1 << bit));
        try {
          await read(directory);
        } catch (error) {
          assert.ok(error instanceof RunError, `${name}, bit ${bit} of byte ${at}: ${error}`);
          assert.ok(error.message.includes(name), error.message);
          // deno-lint-ignore no-control-regex -- none of them reaches a terminal
          assert.doesNotMatch(error.message, /[\x00-\x1f\x7f]/);
          refused++;
        }
      }
      assert.ok(refused > whole.length / 8, `${name}: ${refused} of ${whole.length}`);
      await Deno.writeFile(path, whole);
    }
  }));
