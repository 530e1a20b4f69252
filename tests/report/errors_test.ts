import { join } from "@std/path";
import assert from "node:assert/strict";
import { writeReport } from "../../lib/report/write_report.ts";
import { type Run, RunError } from "../../lib/runs/run.ts";
import { vgg } from "../cli/support.ts";
import { inFolder } from "../in_folder.ts";
import { makeRun } from "./example_runs.ts";

/** What is wrong with a run's files, and what the one line must say. */
const broken: [string, (run: Run) => Promise<void>, RegExp][] = [
  [
    "half a record",
    (run) => Deno.writeTextFile(run.path("record"), "{"),
    /run\.json is damaged/,
  ],
  ["no history", (run) => Deno.remove(run.path("history")), /there is no .*history\.jsonl/],
  ["no epoch", (run) => run.writeHistory([]), /history\.jsonl has no epoch/],
  [
    "half a history",
    (run) => Deno.writeTextFile(run.path("history"), '{"epoch":'),
    /history\.jsonl, line 1 is damaged/,
  ],
  [
    "no evaluation",
    (run) => Deno.remove(run.path("evaluation")),
    /there is no .*evaluation\.json; .*deno task evaluate/,
  ],
  [
    "no predictions",
    (run) => Deno.remove(run.path("predictions")),
    /there is no .*predictions\.jsonl; .*deno task evaluate/,
  ],
  [
    "too few predictions",
    (run) => run.writePredictions([]),
    /predictions\.jsonl has 0 predictions and the evaluation 12 images/,
  ],
  [
    "no list of mistakes",
    (run) => Deno.remove(run.path("mistakes")),
    /there is no .*index\.json; .*deno task evaluate/,
  ],
  [
    "no image",
    (run) => Deno.remove(join(run.directory, "mistakes", "01.png")),
    /there is no .*01\.png/,
  ],
];

for (const [what, spoil, message] of broken) {
  Deno.test(`writeReport() refuses a run with ${what} by a line, and leaves no page`, () =>
    inFolder(async (folder) => {
      const run = await makeRun(join(folder, "mine"));
      await spoil(run);
      await assert.rejects(writeReport([run.directory], { explain: false }), (error) => {
        assert.ok(error instanceof RunError);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
      const names = Array.from(Deno.readDirSync(run.directory), ({ name }) => name);
      assert.deepEqual(names.filter((name) => name.startsWith("report")), []);
    }));
}

Deno.test("deno task report says where the page is and how large", () =>
  inFolder(async (folder) => {
    const run = await makeRun(join(folder, "mine"));
    const { code, out, err } = await vgg(["report", "--run", run.directory, "--no-explain"]);
    assert.equal(code, 0, err);
    assert.match(out, /^report {5}.*mine[\\/]report\.html \(1\.\d MB\)\n$/);
  }));

Deno.test("deno task report of what is no run ends with one line and status 2", async () => {
  const { code, out, err } = await vgg(["report", "--run", "nowhere"]);
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.match(
    err,
    /^error: there is no \S*[\\/]nowhere[\\/]run\.json; .*deno task train --run DIR\n$/,
  );
});
