import { Buffer } from "node:buffer";
import { join } from "@std/path";
import assert from "node:assert/strict";
import {
  jsonLineParts,
  mapWriteErrors,
  requireWritable,
  toJson,
  toJsonLines,
  WriteError,
} from "../../lib/files/write.ts";
import { inFolder } from "../in_folder.ts";

Deno.test("mapWriteErrors() explains the system's refusals, and passes other errors on", async () => {
  const failing = (code?: string): Promise<never> =>
    mapWriteErrors("a/file", () => Promise.reject(Object.assign(new Error("other"), { code })));
  await assert.rejects(failing("ENOSPC"), (error: Error) => {
    assert.ok(error instanceof WriteError);
    assert.equal(error.message, "a/file cannot be written: the disk is full");
    return true;
  });
  await assert.rejects(failing("EROFS"), /the disk is read-only/);
  await assert.rejects(failing("ENOENT"), /^Error: other$/);
  await assert.rejects(failing(), /^Error: other$/);
  assert.equal(await mapWriteErrors("a/file", () => Promise.resolve(3)), 3);
});

Deno.test("requireWritable() accepts a folder that is still missing, and leaves nothing", () =>
  inFolder(async (folder) => {
    await requireWritable(join(folder, "new", "deeper"));
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("toJson() indents by two, and ends with a line feed", () => {
  assert.equal(toJson({ a: [1] }), '{\n  "a": [\n    1\n  ]\n}\n');
});

Deno.test("jsonLineParts() writes lines in parts, of which none is long", () => {
  const items = Array.from({ length: 3000 }, (_, at) => ({ at, text: "é".repeat(1000) }));
  const parts = [...jsonLineParts(items, ({ at, text }) => ({ text, at }))];
  assert.ok(parts.length > 1 && parts.every(({ length }) => length < 3e6));
  const all = Buffer.concat(parts).toString();
  assert.equal(all, toJsonLines(items.map(({ at, text }) => ({ text, at }))));
});
