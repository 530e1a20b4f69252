import { join } from "@std/path";
import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import {
  folderError,
  listDir,
  mapReadErrors,
  readAt,
  ReadError,
  readLines,
} from "../../lib/files/read.ts";
import { inFolder } from "../in_folder.ts";
import { interpose, systemError } from "./interpose.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

/** Runs with the path of a file that holds `bytes`. */
function withFile(work: (path: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const path = join(folder, "file");
    await Deno.writeFile(path, bytes);
    await work(path);
  });
}

Deno.test("readAt() fills an array from a position, and says that a file ends early", () =>
  withFile(async (path) => {
    using file = await Deno.open(path);
    assert.deepEqual(await readAt(file, 7, new Uint8Array(3)), bytes.slice(7, 10));
    assert.deepEqual(await readAt(file, 1000, new Uint8Array()), new Uint8Array());
    await assert.rejects(readAt(file, 998, new Uint8Array(3)), Deno.errors.UnexpectedEof);
  }));

Deno.test("readAt() may read a file handle several times at once", () =>
  withFile(async (path) => {
    const file = await open(path);
    try {
      const positions = Array.from({ length: 100 }, (_, index) => index * 7);
      const read = await Promise.all(
        positions.map((position) => readAt(file, position, new Uint8Array(300))),
      );
      assert.deepEqual(read, positions.map((position) => bytes.slice(position, position + 300)));
      await assert.rejects(readAt(file, 998, new Uint8Array(3)), Deno.errors.UnexpectedEof);
    } finally {
      await file.close();
    }
  }));

Deno.test("readLines() joins lines and characters that arrive in parts", async () => {
  const text = new TextEncoder().encode("one\n\r\ntwö\r\nthree\r");
  const parts = Array.from(text, (byte) => Uint8Array.of(byte));
  const lines = await Array.fromAsync(readLines(ReadableStream.from(parts)));
  assert.deepEqual(lines, ["one", "", "twö", "three"]);
  assert.deepEqual(await Array.fromAsync(readLines(ReadableStream.from([]))), []);
});

Deno.test("listDir() lists nothing for a missing folder, and refuses a file", () =>
  withFile(async (path) => {
    assert.deepEqual(await listDir(join(path, "..")), ["file"]);
    assert.deepEqual(await listDir(join(path, "..", "missing")), []);
    await assert.rejects(listDir(path), Deno.errors.NotADirectory);
    await assert.rejects(listDir(join(path, "in", "it")), Deno.errors.NotADirectory);
  }));

Deno.test("folderError() knows a file, or what lies in one, by whatever error", () =>
  withFile(async (path) => {
    const windows = new Error("The filename is incorrect. (os error 123)");
    for (const place of [path, join(path, "in", "it")]) {
      assert.ok(await folderError(windows, place) instanceof Deno.errors.NotADirectory, place);
    }
    for (const place of [join(path, ".."), join(path, "..", "missing")]) {
      assert.equal(await folderError(windows, place), windows);
    }
  }));

Deno.test("mapReadErrors() tells faults of the machine, and passes other errors on", async () => {
  for (
    const [code, reason] of [["EIO", "the disk reports an error"], [
      "EMFILE",
      "too many files are open",
    ]] as const
  ) {
    await assert.rejects(
      mapReadErrors("a/file", () => Promise.reject(systemError(code))),
      (error) => error instanceof ReadError && error.message === `a/file cannot be read: ${reason}`,
    );
  }
  await assert.rejects(mapReadErrors("a/file", () => Deno.stat("missing")), Deno.errors.NotFound);
  assert.equal(await mapReadErrors("a/file", () => Promise.resolve(3)), 3);
});

Deno.test("listDir() does not take a folder that cannot be read for an empty one", () =>
  inFolder(async (folder) => {
    using _ = interpose(folder, {
      before: () => {
        throw systemError("EIO");
      },
    });
    await assert.rejects(listDir(folder), ReadError);
  }));
