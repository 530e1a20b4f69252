import { join } from "@std/path";
import assert from "node:assert/strict";
import { makeFolder } from "../../lib/files/make_folder.ts";
import { inFolder } from "../in_folder.ts";
import { interpose } from "./interpose.ts";

Deno.test({
  name: "makeFolder() flushes the name of each new folder, from the top down",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const flushed: string[] = [];
      using _ = interpose(folder, {
        after: ({ name, path }) => void (name === "file.syncData" && flushed.push(path)),
      });
      await makeFolder(join(folder, "a", "b", "c"));
      assert.ok((await Deno.stat(join(folder, "a/b/c"))).isDirectory);
      assert.deepEqual(flushed, [folder, join(folder, "a"), join(folder, "a/b")]);
      await makeFolder(join(folder, "a", "b"));
      assert.equal(flushed.length, 3);
    }),
});
