import { join } from "@std/path";
import assert from "node:assert/strict";
import { createOnce } from "../../lib/files/create_once.ts";
import { inFolder } from "../in_folder.ts";

Deno.test("createOnce() creates a file once, and again after a failure", () =>
  inFolder(async (folder) => {
    const path = join(folder, "deep", "file");
    const exists = (file: string): Promise<boolean> =>
      Deno.stat(file).then(() => true, () => false);
    let calls = 0;
    const create = async (): Promise<void> => {
      calls++;
      await Deno.writeTextFile(path, "content");
    };
    await assert.rejects(createOnce(path, exists, () => Promise.reject(new Error("no"))), /no/);
    await Promise.all([1, 2, 3].map(() => createOnce(path, exists, create)));
    assert.equal(calls, 1);
  }));
