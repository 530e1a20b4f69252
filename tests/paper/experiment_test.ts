import { join } from "@std/path";
import assert from "node:assert/strict";
import { type ExperimentOptions, runExperiment } from "../../lib/paper/experiment.ts";
import { published, type PublishedErrors } from "../../lib/paper/published.ts";
import { writeTables } from "../../lib/paper/report.ts";
import { defaultExperiment, type ExperimentSettings } from "../../lib/paper/settings.ts";
import { openRun } from "../../lib/runs/run.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";

testWithTensorFlow(
  "runExperiment() resumes an interrupted experiment and keeps finished runs",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const output = join(folder, "paper");
      const settings: ExperimentSettings = {
        ...defaultExperiment,
        ...{ data, size: 32, width: 1 / 64, epochs: 1, batch: 24 },
      };
      const started: string[] = [];
      const onRun: ExperimentOptions["onRun"] = ({ name }, _number, _total, isFinished) => {
        started.push(isFinished ? `${name}, kept` : name);
      };
      const controller = new AbortController();
      const interrupted = runExperiment({
        ...{ output, settings, onRun, signal: controller.signal },
        callbacks: [{
          onStep: () => {
            if (started.length === 3) controller.abort();
          },
        }],
      });
      await assert.rejects(interrupted, { name: "AbortError" });
      assert.equal((await openRun(join(output, "B-256"))).record.status, "interrupted");

      const results = await runExperiment({ output, settings, onRun });
      assert.deepEqual(started.slice(0, 6), [
        ...["A-256", "A-LRN-256", "B-256"],
        ...["A-256, kept", "A-LRN-256, kept", "B-256"],
      ]);
      assert.equal(started.length, 3 + 12);
      assert.equal((await openRun(join(output, "B-256"))).record.resumed?.length, 1);
      const lineOf = (
        { table, net, train, test }: PublishedErrors,
      ): unknown => [table, net, train, test];
      assert.deepEqual(results.map(lineOf), published.map(lineOf));
      for (const { top1, top5, images, interval } of results) {
        assert.equal(images, 8);
        assert.ok(interval[0] <= top1 && top1 <= interval[1]);
        assert.equal(top5, 0, "two classes are always among five");
      }
      const jittered = (await openRun(join(output, "D-256-512"))).record;
      assert.equal(jittered.start?.from, join(output, "D-384"));
      assert.deepEqual(
        [jittered.recipe.augmentation, jittered.recipe.schedule].map((part) => ({
          ...part as object,
        })),
        [
          { kind: "paper", crop: 32, shortestSide: [37, 73], flip: true, colorShift: 0.1 },
          { kind: "plateau", rate: 0.001, divisor: 10, patience: 2, times: 3 },
        ],
      );

      const seedOf = async (name: string): Promise<number> =>
        (await openRun(join(output, name))).record.seed;
      assert.deepEqual(
        await Promise.all(["A-256", "A-LRN-256", "D-256", "D-384", "D-256-512"].map(seedOf)),
        [42, 42, 43, 44, 45],
        "no network repeats the crops and dropout masks of the one it starts from",
      );

      const again = await runExperiment({ output, settings, onRun });
      assert.ok(started.slice(15).every((name) => name.endsWith(", kept")));
      assert.deepEqual(again, results);
      await assert.rejects(
        runExperiment({ output, settings: { ...settings, epochs: 2, seed: 1 } }),
        /^RunError: .*paper holds an experiment with other settings: epochs 1, not 2; seed 42, not 1\./,
      );
      const paths = await writeTables(output, settings, results);
      const tables = await Deno.readTextFile(paths[0]!);
      assert.equal(tables.match(/^\| \[?(256|384)/gm)?.length, published.length);
      assert.ok((await Deno.stat(join(output, "errors.png"))).size > 10_000);
    }),
);

Deno.test("runExperiment() rejects a file, and a folder that holds something else", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "note"), "mine");
    await assert.rejects(
      runExperiment({ output: folder }),
      /^RunError: an experiment needs a folder that is new, empty or its own\. .*with note/,
    );
    await assert.rejects(runExperiment({ output: join(folder, "note") }), /needs a folder\./);
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["note"]);
  }));
