import { join } from "@std/path";
import assert from "node:assert/strict";
import { prepareFolder } from "../../lib/evaluation/output.ts";
import { drawRunFigures } from "../../lib/figures/run_figures.ts";
import { writeReport } from "../../lib/report/write_report.ts";
import { openNet } from "../../lib/runs/open_net.ts";
import { listRuns } from "../../lib/runs/list_runs.ts";
import { removeRun } from "../../lib/runs/remove_run.ts";
import { openResults, openRun, Run, RunError } from "../../lib/runs/run.ts";
import { train } from "../../lib/training/train.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord as record } from "./example_record.ts";

const options = { ignore: Deno.build.os === "windows" };

/** What may stand for links: a file, the folder of one, and one that is not there yet. */
const links: readonly (readonly [link: string, target: string])[] = [
  ["mistakes/01.png", "secret.png"],
  ["figures", "."],
  ["weights/last", "."],
  ["weights", "."],
  ["run.json", "run.json"],
  ["report.html", "absent.html"],
  ["evaluations/photos-test/mistakes", "."],
  [".lock", "lock"],
];

/** Runs with a run whose folder has a link to a foreign folder with three files, which must stay. */
async function withLink(
  [link, target]: readonly [string, string],
  use: (directory: string, path: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const [directory, foreign] = [join(folder, "run"), join(folder, "foreign")];
    await Run.create(directory, { ...record, status: "finished" });
    await Deno.mkdir(foreign);
    await Deno.copyFile(join(directory, "run.json"), join(foreign, "run.json"));
    for (const name of ["secret.png", "step-000001.safetensors", "x.12345678.tmp", "lock"]) {
      await Deno.writeTextFile(join(foreign, name), "theirs");
    }
    const before = Array.from(Deno.readDirSync(foreign), ({ name }) => name).sort();
    const path = join(directory, link);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.remove(path, { recursive: true }).catch(() => {});
    await Deno.symlink(join(foreign, target), path);
    await use(directory, link);
    assert.deepEqual(Array.from(Deno.readDirSync(foreign), ({ name }) => name).sort(), before);
  });
}

for (const link of links) {
  Deno.test(
    `a run's folder whose ${link[0]} leads out of it is refused`,
    options,
    () =>
      withLink(link, async (directory, path) => {
        const refused = (error: unknown): boolean =>
          error instanceof RunError &&
          error.message.includes(`where ${path} is a link that leads `) &&
          !error.message.includes("\n");
        await assert.rejects(openRun(directory), refused);
        await assert.rejects(openResults(directory), refused);
        await assert.rejects(drawRunFigures(directory), refused);
        await assert.rejects(writeReport([directory]), refused);
        await assert.rejects(openNet(directory), refused);
        await assert.rejects(train({ run: directory, resume: true }), refused);
        const listed = await listRuns(join(directory, ".."));
        assert.deepEqual(listed.map(({ name }) => name), ["foreign"]);
      }),
  );
}

Deno.test(
  "a new run and results do not go into a folder with links out of it",
  options,
  () =>
    inFolder(async (folder) => {
      const [fresh, foreign] = [join(folder, "fresh"), join(folder, "foreign")];
      await Deno.mkdir(join(foreign, "last"), { recursive: true });
      await Deno.mkdir(fresh);
      await Deno.writeTextFile(join(fresh, ".lock"), "");
      await Deno.symlink(foreign, join(fresh, "weights"));
      await assert.rejects(Run.requireFree(fresh), /weights is a link that leads to .*foreign/);
      await Deno.writeTextFile(join(fresh, "evaluation.json"), "{}");
      await assert.rejects(prepareFolder(fresh), /weights is a link that leads to .*foreign/);
    }),
);

Deno.test(
  "a run's folder may be a link, and have links inside of it",
  options,
  () =>
    inFolder(async (folder) => {
      const directory = join(folder, "run");
      await Run.create(directory, record);
      await Deno.mkdir(join(directory, "weights"));
      await Deno.writeTextFile(join(directory, "weights/a"), "");
      await Deno.symlink("a", join(directory, "weights/b"));
      await Deno.symlink(join(directory, "weights"), join(directory, "other"));
      await Deno.symlink(directory, join(folder, "link"));
      assert.equal((await openRun(join(folder, "link"))).record.name, "run");
    }),
);

Deno.test(
  "a run with links out of it can be removed, and what they lead to stays",
  options,
  () =>
    withLink(["figures", "."], async (directory) => {
      await removeRun(directory);
      await assert.rejects(Deno.stat(directory), Deno.errors.NotFound);
    }),
);
