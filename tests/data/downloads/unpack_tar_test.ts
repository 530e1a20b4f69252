import { join } from "@std/path";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { gzipSync } from "node:zlib";
import { ArchiveError } from "../../../lib/data/downloads/unpack.ts";
import { unpackTar } from "../../../lib/data/downloads/unpack_tar.ts";
import { listDir } from "../../../lib/files/read.ts";
import { WriteError } from "../../../lib/files/write.ts";
import { inFolder } from "../../in_folder.ts";
import { type TarEntry, tarOf } from "./tar_of.ts";

const limits = { entries: 20, bytes: 10_000 };

/** Unpacks bytes in a new folder, and gives the result to `look`. */
async function unpacked(
  bytes: Uint8Array,
  look: (folder: string, root: string) => Promise<void> = async () => {},
): Promise<void> {
  await inFolder(async (root) => {
    const archive = join(root, "set.tgz");
    const folder = join(root, "set");
    await Deno.writeFile(archive, bytes);
    try {
      await unpackTar(archive, folder, { limits });
    } catch (error) {
      assert.deepEqual(await listDir(root), ["set.tgz"], "nothing is left behind");
      throw error;
    }
    await look(folder, root);
  });
}

async function refuses(entries: readonly TarEntry[], message: RegExp): Promise<void> {
  for (const bytes of [tarOf(entries), gzipSync(tarOf(entries))]) {
    await assert.rejects(unpacked(bytes), (error: Error) => {
      assert.ok(error instanceof ArchiveError, `${error.stack}`);
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  }
}

const image: TarEntry = { path: "set/cat/1.jpg", content: "image" };

Deno.test("unpackTar() unpacks files and folders, and makes them readable", async () => {
  const entries: TarEntry[] = [{ path: "set/", type: "Directory" }, image];
  for (const bytes of [tarOf(entries), gzipSync(tarOf(entries))]) {
    await unpacked(bytes, async (folder, root) => {
      assert.equal(await Deno.readTextFile(join(folder, "cat/1.jpg")), "image");
      if (Deno.build.os !== "windows") { // It has no such modes.
        assert.equal((await Deno.stat(join(folder, "cat/1.jpg"))).mode! & 0o777, 0o644);
      }
      assert.deepEqual((await listDir(root)).sort(), ["set", "set.tgz"]);
    });
  }
});

Deno.test("unpackTar() refuses links and devices", async () => {
  const links: TarEntry[] = [
    { path: "set/link", type: "SymbolicLink", linkpath: "/etc" },
    { path: "set/link", type: "SymbolicLink", linkpath: "cat" },
    { path: "set/link", type: "Link", linkpath: "set/cat/1.jpg" },
    { path: "set/device", type: "CharacterDevice" },
    { path: "set/pipe", type: "FIFO" },
  ];
  for (const link of links) {
    await refuses([image, link, { path: "set/link/x", content: "x" }], /is a .*, and only files/);
  }
});

Deno.test("unpackTar() refuses paths that lead outside", async () => {
  for (const path of ["set/../../x", "../x", "/etc/x", "set/..", "C:\\x", "set\\..\\..\\x"]) {
    await refuses([image, { path, content: "x" }], /leads outside/);
  }
  // The name may also come from a header of its own, before the entry's.
  const record = "path=set/../../x\n";
  const content = `${record.length + 3} ${record}`;
  await refuses(
    [{ path: "set/pax", type: "ExtendedHeader", content }, { path: "set/y", content: "y" }],
    /leads outside/,
  );
});

Deno.test("unpackTar() refuses more entries or bytes than the limits", async () => {
  const many = Array.from({ length: 21 }, (_, index) => ({ path: `set/${index}`, content: "x" }));
  await refuses(many, /more than 20 entries or 10000 bytes/);
  const folders = many.map(({ path }) => ({ path, type: "Directory" as const }));
  await refuses([image, ...folders], /more than 20 entries/);
  await refuses([{ path: "set/large", content: new Uint8Array(10_001) }], /or 10000 bytes/);
  await refuses([{ path: "set/claims", size: 2 ** 35 }], /or 10000 bytes/);
});

Deno.test("unpackTar() refuses a bomb before it is unpacked", async () => {
  const zeros = new Uint8Array(2 ** 26);
  // A header that is too long is skipped before the limits are checked.
  const header = tarOf([{ path: "set/pax", type: "ExtendedHeader", content: zeros }, image]);
  for (const bomb of [gzipSync(zeros), gzipSync(gzipSync(zeros)), gzipSync(header)]) {
    await assert.rejects(unpacked(bomb), /^ArchiveError: .*set\.tgz cannot be unpacked/);
  }
});

Deno.test("unpackTar() does not read what follows the end of an archive", async () => {
  const behind = Buffer.concat([tarOf([image]), new Uint8Array(2 ** 26)]);
  for (const bytes of [behind, gzipSync(behind)]) {
    await unpacked(bytes, async (folder) => {
      assert.deepEqual(await listDir(folder), ["cat"]);
    });
  }
});

Deno.test("unpackTar() refuses a file that is there twice", async () => {
  for (const path of ["set/cat/1.jpg", "set//cat/./1.jpg"]) {
    await refuses([image, { path, content: "other" }], /it holds "set.*1\.jpg" twice$/);
  }
});

Deno.test("unpackTar() says that the disk is full, and leaves nothing", () =>
  inFolder(async (root) => {
    const archive = join(root, "set.tar");
    await Deno.writeFile(archive, tarOf([image]));
    const { writeSync } = fs;
    fs.writeSync = () => {
      throw Object.assign(new Error(), { code: "ENOSPC" });
    };
    syncBuiltinESMExports();
    try {
      await assert.rejects(unpackTar(archive, join(root, "set"), { limits }), WriteError);
    } finally {
      fs.writeSync = writeSync;
      syncBuiltinESMExports();
    }
    assert.deepEqual(await listDir(root), ["set.tar"]);
  }));

Deno.test("unpackTar() refuses a cut, damaged or empty archive, and other files", async () => {
  const whole = gzipSync(tarOf([image, { path: "set/cat/2.jpg", content: "other" }]));
  for (let part = 0; part < 10; part++) {
    await assert.rejects(
      unpacked(whole.subarray(0, Math.floor(part * whole.length / 10))),
      ArchiveError,
    );
  }
  const changed = tarOf([image]);
  changed[0]! ^= 1;
  await assert.rejects(unpacked(changed), /^ArchiveError: .*checksum failure/);
  await assert.rejects(unpacked(tarOf([])), ArchiveError);
  await assert.rejects(unpacked(tarOf([{ path: "set/", type: "Directory" }])), /holds no files/);
  await assert.rejects(unpacked(tarOf([{ path: "1.jpg", content: "x" }])), /is in no folder/);
  await assert.rejects(unpacked(new TextEncoder().encode("<html>".repeat(200))), ArchiveError);
});

Deno.test({
  name: "unpackTar() leaves no file open that a cut archive begins",
  ignore: Deno.build.os !== "linux", // On Windows, the test before this one fails with open files.
  fn: async () => {
    const open = (): string[] =>
      Array.from(Deno.readDirSync("/proc/self/fd"), ({ name }) => {
        try {
          return Deno.readLinkSync(`/proc/self/fd/${name}`);
        } catch {
          return ""; // It was that of this list.
        }
      }).filter((path) => /1\.jpg|set\.tgz/.test(path));
    const whole = tarOf([{ ...image, content: "x".repeat(5000) }]);
    await assert.rejects(unpacked(whole.subarray(0, 2048)), ArchiveError);
    assert.deepEqual(open(), []);
  },
});

Deno.test("unpackTar() ends on abort, and leaves nothing", () =>
  inFolder(async (root) => {
    const archive = join(root, "set.tar");
    await Deno.writeFile(archive, tarOf([image]));
    const signal = AbortSignal.abort();
    await assert.rejects(unpackTar(archive, join(root, "set"), { limits, signal }), {
      name: "AbortError",
    });
    assert.deepEqual(await listDir(root), ["set.tar"]);
  }));
