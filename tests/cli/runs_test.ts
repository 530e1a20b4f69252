import { join, resolve } from "@std/path";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { listRuns } from "../../lib/runs/list_runs.ts";
import { Run } from "../../lib/runs/run.ts";
import { removeRun } from "../../lib/runs/remove_run.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "../runs/example_record.ts";
import { permissionFlags } from "./support.ts";

const finished = {
  status: "finished",
  result: {
    ...{ epochs: 3, best_epoch: 2, best_val_accuracy: 0.75, seconds: 60 },
  },
} as const;

/** Three runs: one evaluated, one that died in its first epoch, and one stopped early. */
async function writeRuns(root: string): Promise<void> {
  const evaluated = await Run.create(join(root, "b-evaluated"), { ...exampleRecord, ...finished });
  await evaluated.writeEvaluation({
    ...{ split: "test", weights: "best", images: 8, loss: 0.5, top1: 0.875, top5: 1 },
    classes: exampleRecord.data.classes,
    confusion: [[4, 0], [1, 3]],
    per_class: exampleRecord.data.classes.map((label, at) => ({
      ...label,
      ...{ correct: 4 - at, total: 4, accuracy: 1 - at / 4, interval: [0.3, 1] as const },
    })),
  });
  await Run.create(join(root, "c-died"), {
    ...exampleRecord,
    created: "2026-01-03T00:00:00.000Z",
    model: { ...exampleRecord.model, batchNorm: true },
  });
  await Run.create(join(root, "before"), {
    ...exampleRecord,
    ...finished,
    created: "2025-12-31T00:00:00.000Z",
    result: { ...finished.result, epochs: 2, stopped: "early stopping" },
  });
  // The record still has the old name.
  await Deno.rename(join(root, "before"), join(root, "a-stopped"));
  await Deno.mkdir(join(root, "no-run"));
  await Deno.writeTextFile(join(root, "no-run/file.txt"), "mine");
}

Deno.test("listRuns() lists the runs alone, the newest first", () =>
  inFolder(async (root) => {
    await writeRuns(root);
    await Deno.mkdir(join(root, "damaged"));
    await Deno.writeTextFile(join(root, "damaged/run.json"), "{");
    await Run.create(join(root, "d-damaged-results"), {
      ...{ ...exampleRecord, ...finished },
      created: "2025-01-01T00:00:00.000Z",
    });
    await Deno.writeTextFile(join(root, "d-damaged-results/evaluation.json"), "{");
    const damaged: string[] = [];
    const runs = await listRuns(root, (line) => damaged.push(line));
    assert.deepEqual(
      runs.map(({ name, net, epochs, plannedEpochs, status, top1, split }) => [
        ...[name, net, epochs, plannedEpochs, status, top1, split],
      ]),
      [
        ["c-died", "A-bn", 0, 3, "failed", null, null],
        ["b-evaluated", "A", 3, 3, "finished", 0.875, "test"],
        ["a-stopped", "A", 2, 3, "finished", 0.75, "validation"],
        ["d-damaged-results", "A", 3, 3, "finished", 0.75, "validation"],
      ],
    );
    assert.match(
      damaged.join("\n"),
      /^[^\n]*damaged[/\\]run\.json is damaged: [^\n]*\n[^\n]*evaluation\.json is damaged: [^\n]*$/,
    );
    const { size } = await Deno.stat(join(root, "a-stopped/run.json"));
    assert.equal(runs[2]!.bytes, size);
    using _lock = await Run.lock(join(root, "c-died"));
    assert.equal((await listRuns(root))[0]!.status, "running");
  }));

Deno.test("a note is kept beside the record, which another process may write", () =>
  inFolder(async (root) => {
    await writeRuns(root);
    const [one, other] = [
      await Run.open(join(root, "a-stopped")),
      await Run.open(join(root, "a-stopped")),
    ];
    await one.writeNote("  best\nso far  ");
    await other.update({ warnings: ["one"] });
    assert.equal(await other.note(), "best so far");
    assert.deepEqual((await Run.open(one.directory)).record.warnings, ["one"]);
    assert.equal((await listRuns(root))[2]!.note, "best so far");
    await one.writeNote("");
    assert.equal(await one.note(), "");
  }));

Deno.test("removeRun() removes runs alone: no other folder, no link, none that is trained", () =>
  inFolder(async (root) => {
    await writeRuns(root);
    const run = join(root, "a-stopped");
    const link = join(root, "link");
    await Deno.symlink(resolve(run), link);
    await assert.rejects(removeRun(link), {
      name: "RunError",
      message: /Received: the link .*link$/,
    });
    for (const name of ["no-run", "nowhere", "no-run/file.txt"]) {
      await assert.rejects(removeRun(join(root, name)), {
        name: "RunError",
        message: /^only a run's folder, which holds run\.json, can be removed\. Received: /,
      });
    }
    {
      using _lock = await Run.lock(run);
      await assert.rejects(removeRun(run), /another process is training in /);
    }
    // What links in it lead to stays.
    await Deno.symlink(resolve(join(root, "no-run")), join(run, "photos"));
    await removeRun(run);
    await assert.rejects(Deno.lstat(run), Deno.errors.NotFound);
    assert.equal(await Deno.readTextFile(join(root, "no-run/file.txt")), "mine");
  }));

const program = fileURLToPath(new URL("../../lib/cli.ts", import.meta.url));

/** Calls the task `runs` in a folder, with its own permissions. */
async function callRuns(cwd: string, ...args: string[]): Promise<[number, string, string]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-q", ...permissionFlags("files"), program, "runs", ...args],
    cwd,
    env: { NO_COLOR: "1", npm_lifecycle_event: "" },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return [code, out!, err!];
}

Deno.test("runs lists, notes and removes, and says in one line what it does not do", () =>
  inFolder(async (folder) => {
    assert.deepEqual(await callRuns(folder), [
      // Outside of the project, no task has this name.
      ...[0, "", `There is no run in runs/ yet; create one with: deno run -A ${program} train\n`],
    ]);
    const root = join(folder, "runs");
    await writeRuns(root);
    const [code, out] = await callRuns(folder);
    assert.equal(code, 0);
    const rows = out.trimEnd().split("\n").map((line) => line.split(/ {2,}/));
    assert.deepEqual(rows[0], ["run", "data", "net", "epochs", "top-1", "began", "size", "note"]);
    assert.deepEqual(rows.slice(1).map(([name, data, net, epochs]) => [name, data, net, epochs]), [
      ["c-died", "tiny", "VGG A-bn", "0 of 3 epochs, failed"],
      ["b-evaluated", "tiny", "VGG A", "3 epochs"],
      ["a-stopped", "tiny", "VGG A", "2 of 3 epochs, finished"],
    ]);
    assert.equal(rows[2]![4], "87.5 % test");

    const noted = await callRuns(folder, "--note", "a-stopped", "too", "few");
    assert.deepEqual(noted, [0, "note       too few (runs/a-stopped/note.txt)\n", ""]);
    await callRuns(folder, "--run", "runs/c-died", "--note", "it died");
    const [, json] = await callRuns(folder, "--json");
    const notes = (JSON.parse(json) as { note: string }[]).map(({ note }) => note);
    assert.deepEqual(notes, ["it died", "", "too few"]);

    const refused: [string[], RegExp][] = [
      [["--remove", "a-stopped"], /^error: --remove asks at a terminal only; add --yes\. /],
      [["--remove", "no-run", "--yes"], /^error: only a run's folder, .* Received: runs\/no-run$/],
      [["--remove", "..", "--yes"], /^error: only a run's folder, .* Received: \.\.$/],
      [["--note", "a-stopped"], /^error: --note must be a run and a text, .*: a-stopped$/],
      [["--yes"], /^error: --yes is for --remove\./],
      [["--run", "a-stopped"], /^error: --run is for --note TEXT\. Received: --run a-stopped$/],
    ];
    for (const [args, message] of refused) {
      const [status, out, err] = await callRuns(folder, ...args);
      assert.deepEqual([status, out], [2, ""], err);
      assert.match(err.trimEnd(), message);
    }
    const removed = await callRuns(folder, "--remove", "a-stopped", "--yes");
    assert.deepEqual(removed, [0, "removed    runs/a-stopped\n", ""]);
    assert.equal((await listRuns(root)).length, 2);
  }));
