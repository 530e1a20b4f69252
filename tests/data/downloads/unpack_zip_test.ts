import { join } from "@std/path";
import assert from "node:assert/strict";
import { ArchiveError } from "../../../lib/data/downloads/unpack.ts";
import { unpackZip } from "../../../lib/data/downloads/unpack_zip.ts";
import { listDir } from "../../../lib/files/read.ts";
import { inFolder } from "../../in_folder.ts";
import { outputOf } from "../../output_of.ts";
import { type ZipMember, zipOf } from "./zip_of.ts";

const limits = { entries: 20, bytes: 10_000 };

async function unpacked(
  bytes: Uint8Array,
  look: (folder: string) => Promise<void> = async () => {},
): Promise<void> {
  await inFolder(async (root) => {
    const [archive, folder] = [join(root, "set.zip"), join(root, "set")];
    await Deno.writeFile(archive, bytes);
    try {
      await unpackZip(archive, folder, { limits });
    } catch (error) {
      assert.deepEqual(await listDir(root), ["set.zip"], "nothing is left behind");
      throw error;
    }
    await look(folder);
  });
}

async function refuses(members: readonly ZipMember[], message: RegExp): Promise<void> {
  await assert.rejects(unpacked(zipOf(members)), (error: Error) => {
    assert.ok(error instanceof ArchiveError, `${error.stack}`);
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"));
    return true;
  });
}

const image: ZipMember = { path: "set/cat/1.jpg", content: "image" };

Deno.test("unpackZip() unpacks what is stored and what is compressed, and makes it readable", async () => {
  const long = "image ".repeat(100);
  const members: ZipMember[] = [
    { path: "set/", method: 0, mode: 0o40755 },
    { path: "set/cat/", method: 0, mode: 0o40000 },
    { ...image, mode: 0o100000 },
    { path: "set/dog/é.jpg", content: long, flags: 0x800 },
    { path: "set/dog/empty.txt" },
    { path: "set/dog/stored.jpg", content: long, method: 0 },
  ];
  await unpacked(zipOf(members), async (folder) => {
    assert.equal(await Deno.readTextFile(join(folder, "cat/1.jpg")), "image");
    assert.equal(await Deno.readTextFile(join(folder, "dog/é.jpg")), long);
    assert.equal(await Deno.readTextFile(join(folder, "dog/stored.jpg")), long);
    assert.equal((await Deno.stat(join(folder, "dog/empty.txt"))).size, 0);
    if (Deno.build.os !== "windows") { // It has no such modes.
      assert.equal((await Deno.stat(join(folder, "cat/1.jpg"))).mode! & 0o777, 0o644);
    }
  });
});

Deno.test("unpackZip() unpacks what Python packs", async () => {
  const script = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w', 8) as z:\n" +
    "  z.writestr('set/cat/1.txt', 'x' * 500)\n  z.writestr('set/2.txt', 'y', 0)";
  await inFolder(async (root) => {
    const archive = join(root, "set.zip");
    const python = new Deno.Command("python3", { args: ["-c", script, archive] });
    if (!(await outputOf(python))?.success) return;
    await unpackZip(archive, join(root, "set"), { limits });
    assert.equal(await Deno.readTextFile(join(root, "set/cat/1.txt")), "x".repeat(500));
    assert.equal(await Deno.readTextFile(join(root, "set/2.txt")), "y");
  });
});

Deno.test("unpackZip() refuses paths that lead outside", async () => {
  for (const path of ["set/../../x", "../x", "/etc/x", "C:/x", "set\\..\\x"]) {
    await refuses([image, { path, content: "x" }], /cannot be unpacked: /);
  }
});

Deno.test("unpackZip() refuses links, devices and encrypted files", async () => {
  const link = { path: "set/link", content: "/etc/passwd", method: 0, mode: 0o120777 };
  await refuses([image, link], /"set\/link" is a SymbolicLink, and only files/);
  await refuses([image, { path: "set/pipe", mode: 0o010644 }], /is a special file/);
  await refuses([image, { path: "set/secret", content: "x", flags: 1 }], /is a encrypted file/);
});

Deno.test("unpackZip() refuses bombs, and sizes that are not true", async () => {
  const zeros = new Uint8Array(2 ** 26);
  await refuses([{ path: "set/large", content: zeros }], /more than 20 entries or 10000 bytes/);
  // It says that it is small.
  await refuses([{ path: "set/large", content: zeros, size: 9000 }], /cannot be unpacked/);
  await refuses([{ path: "set/short", content: "x", size: 9 }], /is damaged/);
  await refuses([{ path: "set/stored", content: "x", method: 0, size: 9 }], /cannot be unpacked/);
  await refuses([{ path: "set/claims", content: "x", size: 2 ** 32 - 2 }], /or 10000 bytes/);
  const many = Array.from({ length: 21 }, (_, index) => ({ path: `set/${index}`, content: "x" }));
  await refuses(many, /more than 20 entries/);
});

Deno.test("unpackZip() refuses other methods, wrong checksums, files twice and files in no folder", async () => {
  await refuses([{ ...image, method: 12 }], /method 12 is not read/);
  await refuses([{ ...image, sum: 1 }], /"set\/cat\/1\.jpg" is damaged/);
  await refuses([image, image], /it holds "set\/cat\/1\.jpg" twice/);
  await refuses([{ path: "1.jpg", content: "x" }], /is in no folder/);
  await refuses([], /it holds no files/);
  await refuses([{ path: "set/", method: 0 }], /it holds no files/);
});

Deno.test("unpackZip() refuses a cut or damaged archive, and other files", async () => {
  const whole = zipOf([image, { path: "set/cat/2.jpg", content: "other" }]);
  for (let part = 0; part < 10; part++) {
    const cut = whole.subarray(0, Math.floor(part * whole.length / 10));
    await assert.rejects(unpacked(cut), ArchiveError);
  }
  // The directory lies outside the file.
  const outside = Uint8Array.from(whole);
  outside.fill(0x7f, outside.length - 6, outside.length - 2);
  await assert.rejects(unpacked(outside), ArchiveError);
  await assert.rejects(unpacked(new TextEncoder().encode("<html>".repeat(200))), ArchiveError);
});

Deno.test("unpackZip() ends on abort, and leaves nothing", () =>
  inFolder(async (root) => {
    const archive = join(root, "set.zip");
    await Deno.writeFile(archive, zipOf([image]));
    const signal = AbortSignal.abort();
    await assert.rejects(unpackZip(archive, join(root, "set"), { limits, signal }), {
      name: "AbortError",
    });
    assert.deepEqual(await listDir(root), ["set.zip"]);
  }));
