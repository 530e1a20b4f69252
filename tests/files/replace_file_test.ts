import { join } from "@std/path";
import assert from "node:assert/strict";
import { listDir } from "../../lib/files/read.ts";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { inFolder } from "../in_folder.ts";

Deno.test("replaceFile() writes text, bytes and parts, and makes the folder", () =>
  inFolder(async (folder) => {
    const path = join(folder, "deep", "file");
    for (const content of ["abc", new Uint8Array([97, 98, 99])]) {
      await replaceFile(path, content);
      assert.equal(await Deno.readTextFile(path), "abc");
    }
    await replaceFile(path, [new Uint8Array([97]), new Uint8Array([98, 99])]);
    assert.equal(await Deno.readTextFile(path), "abc");
    assert.deepEqual(await listDir(join(folder, "deep")), ["file"]);
  }));

Deno.test("replaceFile() leaves the old file whole, and nothing else, when writing fails", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    await replaceFile(path, "old");
    function* broken(): Iterable<Uint8Array> {
      yield new Uint8Array(1000);
      throw new Error("no more");
    }
    await assert.rejects(replaceFile(path, broken()), /no more/);
    assert.equal(await Deno.readTextFile(path), "old");
    assert.deepEqual(await listDir(folder), ["file"]);
  }));

Deno.test("replaceFile() leaves nothing when the file may not be replaced", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    await Deno.mkdir(join(path, "full"), { recursive: true });
    await assert.rejects(replaceFile(path, "new"));
    assert.deepEqual(await listDir(folder), ["file"]);
  }));
