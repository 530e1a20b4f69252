import assert from "node:assert/strict";
import { dirname, join } from "@std/path";
import { openRun, Run, RunError } from "../../lib/runs/run.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord as record } from "./example_record.ts";

Deno.test("a run is read as it was written, and leaves no temporary file", () =>
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

Deno.test("Run.create() rejects a folder that is not empty, and a file", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "note"), "mine");
    await assert.rejects(
      Run.create(folder, record),
      (error) => error instanceof RunError && error.message.includes(`Received: ${folder}`),
    );
    await assert.rejects(Run.create(join(folder, "note"), record), RunError);
    assert.equal(await Deno.readTextFile(join(folder, "note")), "mine");
  }));

Deno.test("Run.create() takes a folder in which a training died before its run began", () =>
  inFolder(async (folder) => {
    const directory = join(folder, "mine");
    const checkpoint = join(directory, "weights/last/step-000000.safetensors");
    await Deno.mkdir(dirname(checkpoint), { recursive: true });
    await Deno.writeTextFile(checkpoint, "");
    await assert.rejects(Run.create(directory, record), /needs a new or empty folder/);
    (await Run.lock(directory))[Symbol.dispose]();
    // It may die between any two of these, and while it writes them.
    for (const name of ["history.jsonl", "history.jsonl.0123abcd.tmp", "run.json.4567cdef.tmp"]) {
      await Deno.writeTextFile(join(directory, name), "");
    }
    await Run.create(directory, record);
    const names = Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
    assert.deepEqual(names, [".lock", "history.jsonl", "run.json", "weights"]);
    await assert.rejects(
      Run.create(directory, record),
      /there is already a run in .*mine: .*--resume/,
    );
  }));

Deno.test("Run.lock() gives one holder the lock at a time", () =>
  inFolder(async (folder) => {
    const first = await Run.lock(folder);
    await assert.rejects(Run.lock(folder), /^RunError: another process is training in /);
    first[Symbol.dispose]();
    (await Run.lock(folder))[Symbol.dispose]();
  }));

Deno.test("openRun() says which file is missing or damaged, and how to create it", () =>
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

Deno.test("a run's files must have the same number of classes, and images of its own folder", () =>
  inFolder(async (folder) => {
    const run = await Run.create(join(folder, "mine"), record);
    const prediction = { id: "1.png", actual: 0, predicted: 1, probabilities: [0.25, 0.75] };
    const write = async (file: "predictions" | "mistakes", value: unknown): Promise<void> => {
      await Deno.mkdir(join(folder, "mine/mistakes"), { recursive: true });
      await Deno.writeTextFile(run.path(file), JSON.stringify(value) + "\n");
    };
    await write("predictions", { ...prediction, predicted: 2 });
    await assert.rejects(
      run.predictions(),
      /predictions\.jsonl, line 1 is damaged: .*probabilities/,
    );
    for (const file of ["../../photo.png", "/photo.png", "..", "a.svg", "a\\b.png", ""]) {
      await write("mistakes", [{ ...prediction, file }]);
      await assert.rejects(
        run.mistakes(),
        /index\.json is damaged: 0: file must be the name of a PNG/,
      );
    }
    await write("mistakes", [{ ...prediction, file: "01.png" }]);
    assert.equal((await run.mistakes()).length, 1);
    const [label, other] = record.data.classes;
    const per_class = [{ ...label!, correct: 1, total: 2, accuracy: 0.5, interval: [0, 1] }];
    await Deno.writeTextFile(
      run.path("evaluation"),
      JSON.stringify({
        ...{ split: "validation", weights: "best", images: 2, loss: 1, top1: 0.5, top5: 1 },
        ...{ classes: [label, other], confusion: [[1, 1]], per_class },
      }),
    );
    await assert.rejects(run.evaluation(), /evaluation\.json is damaged: .*of as many classes/);
    await Deno.remove(run.path("record"));
    await Deno.mkdir(run.path("record"));
    await assert.rejects(openRun(join(folder, "mine")), /^RunError: .*run\.json cannot be read/);
  }));
