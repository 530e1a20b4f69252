import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import { isWithin } from "../../lib/files/is_within.ts";

Deno.test("isWithin() knows a folder, what is in it and what is not", () => {
  for (const path of ["/a/b", "/a/b/", "/a/b/c", "/a/b/..c", "/a/x/../b/c"]) {
    assert.ok(isWithin(path, "/a/b", posix), path);
  }
  for (const path of ["/a", "/", "/a/bc", "/a/b/../c", "/c"]) {
    assert.ok(!isWithin(path, "/a/b", posix), path);
  }
});

Deno.test("isWithin() knows Windows' drives and shares", () => {
  for (const path of ["C:\\A\\b", "c:\\a\\B\\c", "C:/a/b/c", "C:\\a\\b\\..c"]) {
    assert.ok(isWithin(path, "C:\\a\\b", win32), path);
  }
  for (const path of ["C:\\a", "D:\\a\\b", "D:\\", "\\\\server\\share\\a\\b", "C:\\a\\bc"]) {
    assert.ok(!isWithin(path, "C:\\a\\b", win32), path);
  }
  assert.ok(isWithin("\\\\server\\share\\a", "\\\\server\\share", win32));
});
