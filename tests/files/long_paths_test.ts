import { join } from "@std/path";
import assert from "node:assert/strict";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { tryLock } from "../../lib/files/file_lock.ts";
import { makeFolder } from "../../lib/files/make_folder.ts";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { sha256Of } from "../../lib/files/sha256_of.ts";
import { removeRun } from "../../lib/runs/remove_run.ts";
import { openRun, Run } from "../../lib/runs/run.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "../runs/example_record.ts";

/** More letters than old programs of Windows allow in a path, 260. */
const deep = join("ü".repeat(100), "b".repeat(100), "c".repeat(100));

Deno.test("files of long paths are written, replaced, locked and read", () =>
  inFolder(async (folder) => {
    const path = join(folder, deep, "file");
    await replaceFile(path, "old");
    await replaceFile(path, "abc");
    // The standard's example.
    const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert.equal(await sha256Of(path), digest);
    using lock = await tryLock(`${path}.lock`);
    assert.ok(lock);
    assert.equal(await tryLock(`${path}.lock`), undefined);
  }));

Deno.test("a data set and a run may have long paths", () =>
  inFolder(async (folder) => {
    const data = join(folder, deep, "data");
    for (const name of ["cat", "dog"]) {
      await makeFolder(join(data, name));
      for (const number of [1, 2]) {
        await Deno.copyFile("data/drawn10.png", join(data, name, `${number}.png`));
      }
    }
    const { classes, train } = await loadDataset(data);
    assert.equal(classes.length, 2);
    assert.ok((await decodeImage(join(data, train.path(0)))).width > 0);
    const run = await Run.create(join(folder, deep, "run"), exampleRecord);
    assert.equal((await openRun(run.directory)).record.name, "run");
    await removeRun(run.directory);
    await assert.rejects(openRun(run.directory));
  }));
