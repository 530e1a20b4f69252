import { join } from "@std/path";
import assert from "node:assert/strict";
import { summarize } from "../../lib/evaluation/metrics/summarize.ts";
import { openRun, Run, RunError, runFiles } from "../../lib/runs/run.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "./example_record.ts";

/** What reads each file. */
const readers = {
  record: async (folder: string) => (await openRun(folder)).record,
  history: async (folder: string) => await (await openRun(folder)).history(),
  evaluation: async (folder: string) => await (await openRun(folder)).evaluation(),
} as const;

Deno.test("no flipped bit in a JSON file of a run changes what is read: it is told in one line", () =>
  inFolder(async (folder) => {
    const directory = join(folder, "mine");
    const run = await Run.create(directory, exampleRecord);
    const line = {
      ...{ epoch: 1, loss: 1, accuracy: 0.5, val_loss: NaN, val_accuracy: 0.25, lr: 0.1 },
      ...{ seconds: 2, images_per_second: 12 },
    };
    await run.writeHistory([line, { ...line, epoch: 2, loss: 0.75 }]);
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
      const value = await read(directory);
      let accepted = 0;
      for (let at = 0; at < whole.length; at++) {
        const bit = at % 8;
        await Deno.writeFile(path, whole.with(at, whole[at]! ^ 1 << bit));
        try {
          assert.deepEqual(await read(directory), value, `${name}, bit ${bit} of byte ${at}`);
          accepted++;
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          assert.ok(error instanceof RunError, `${name}, bit ${bit} of byte ${at}: ${error}`);
          assert.ok(error.message.includes(name), error.message);
          // deno-lint-ignore no-control-regex -- none of them reaches a terminal
          assert.doesNotMatch(error.message, /[\x00-\x1f\x7f]/);
        }
      }
      // Such as those in spaces, and in the key of the digest itself.
      assert.ok(accepted < whole.length / 8, `${name}: ${accepted} of ${whole.length}`);
      await Deno.writeFile(path, whole);
    }
  }));

Deno.test("a JSON file of a run that was changed by hand is refused, until its sha256 is removed", () =>
  inFolder(async (folder) => {
    const directory = join(folder, "mine");
    const run = await Run.create(directory, exampleRecord);
    const path = run.path("record");
    const { sha256, ...record } = JSON.parse(await Deno.readTextFile(path));
    assert.match(sha256, /^[0-9a-f]{64}$/);
    const write = (value: object): Promise<void> =>
      Deno.writeTextFile(path, JSON.stringify(value, null, 1));
    await write({ ...record, sha256 }); // The same in another layout.
    assert.deepEqual((await openRun(directory)).record, run.record);
    await write({ ...record, seed: 2, sha256 });
    await assert.rejects(
      openRun(directory),
      (error) =>
        error instanceof RunError &&
        error.message === `${path} is damaged or was changed: its sha256 is not that of its ` +
            `content; if you changed it, remove "sha256" from it, otherwise restore a copy`,
    );
    await write({ ...record, seed: 2 });
    assert.equal((await openRun(directory)).record.seed, 2);
  }));

Deno.test("history() refuses lines that were left out, in the middle and at the end", () =>
  inFolder(async (folder) => {
    const directory = join(folder, "mine");
    const run = await Run.create(directory, exampleRecord);
    const lines = [1, 2, 3].map((epoch) => ({
      ...{ epoch, loss: 1, accuracy: 0.5, val_loss: 1, val_accuracy: 0.25, lr: 0.1 },
      ...{ seconds: 2, images_per_second: 12 },
    }));
    await run.writeHistory(lines);
    assert.deepEqual(await run.history(), lines);
    const written = (await Deno.readTextFile(run.path("history"))).trimEnd().split("\n");
    const keep = (...indices: number[]): Promise<void> =>
      Deno.writeTextFile(run.path("history"), indices.map((at) => `${written[at]}\n`).join(""));
    for (const kept of [[0, 2], [1, 2], [1, 0, 2]]) {
      await keep(...kept);
      await assert.rejects(run.history(), /history\.jsonl, line \d is damaged or was changed/);
    }
    await keep(0, 1);
    assert.equal((await run.history()).length, 2); // It may still be training.
    const result = {
      ...{ epochs: 3, best_epoch: 1, best_val_accuracy: 0.25, seconds: 6 },
      best_sha256: "0".repeat(64),
    };
    await run.update({ status: "finished", result });
    await assert.rejects(
      run.history(),
      /must have the 3 epochs that run\.json says\. Received: 2; one/,
    );
  }));
