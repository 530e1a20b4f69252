import assert from "node:assert/strict";
import { join } from "@std/path";
import { openRun, Run, RunError } from "../../lib/training/run.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord as record } from "./example_record.ts";

Deno.test("a run comes back as it was written, and leaves no temporary file", () =>
  inFolder(async (folder) => {
    const directory = join(folder, "mine");
    const run = await Run.create(directory, record);
    const line = {
      ...{ epoch: 1, loss: 1, accuracy: 0.5, val_loss: NaN, val_accuracy: 0.25, lr: 0.1 },
      ...{ seconds: 2, images_per_second: 12 },
    };
    await run.writeHistory([line]);
    await run.update({ status: "finished" });
    const opened = await openRun(directory);
    assert.deepEqual(opened.record, { name: "mine", ...record, status: "finished" });
    assert.deepEqual(await opened.history(), [line]);
    const names = Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
    assert.deepEqual(names, ["history.jsonl", "run.json"]);
  }));

Deno.test("Run.create() refuses a folder with anything in it, and a file", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "note"), "mine");
    await assert.rejects(
      Run.create(folder, record),
      (error) => error instanceof RunError && error.message.includes(`Received: ${folder}`),
    );
    await assert.rejects(Run.create(join(folder, "note"), record), RunError);
    assert.equal(await Deno.readTextFile(join(folder, "note")), "mine");
  }));

Deno.test("openRun() says which file is missing or damaged, and what makes it", () =>
  inFolder(async (folder) => {
    await assert.rejects(openRun(folder), /there is no .*run\.json; .*deno task train/);
    const directory = join(folder, "mine");
    const run = await Run.create(directory, record);
    await assert.rejects(run.evaluation(), /evaluation\.json; .*deno task evaluate/);
    await Deno.writeTextFile(join(directory, "run.json"), '{"name": "mine"');
    await assert.rejects(openRun(directory), /run\.json is damaged/);
    await Deno.writeTextFile(join(directory, "run.json"), '{"name": 3}');
    await assert.rejects(openRun(directory), /run\.json is damaged: name: /);
    await Deno.writeTextFile(join(directory, "history.jsonl"), '{"epoch": "one"}\n');
    await assert.rejects(run.history(), /history\.jsonl, line 1 is damaged: epoch/);
  }));
