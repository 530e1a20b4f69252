import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import { folderName } from "../../lib/files/folder_name.ts";

Deno.test("folderName() is never empty, also for a whole drive", () => {
  for (
    const [path, name] of [
      ...[["/data/Photos/", "Photos"], ["/data/é/..", "data"], ["/", "root"]],
    ] as const
  ) assert.equal(folderName(path!, posix), name, path);
  for (
    const [path, name] of [
      ...[["C:\\data\\Photos\\", "Photos"], ["D:\\", "D"], ["d:/", "d"], ["D:/a b", "a b"]],
      ["\\\\server\\share\\pets", "pets"],
    ] as const
  ) assert.equal(folderName(path!, win32), name, path);
});
