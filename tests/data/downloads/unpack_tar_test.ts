import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { join } from "@std/path";
import { ArchiveError, unpackTar } from "../../../lib/data/downloads/unpack_tar.ts";
import { inFolder } from "../../in_folder.ts";
import { type TarEntry, tarOf } from "./tar_of.ts";

const limits = { entries: 20, bytes: 10_000 };

/** Unpacks bytes in a folder of their own, and says what came of it. */
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
      assert.deepEqual(await names(root), ["set.tgz"], "nothing is left behind");
      throw error;
    }
    await look(folder, root);
  });
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
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

const picture: TarEntry = { path: "set/cat/1.jpg", content: "picture" };

Deno.test("unpackTar() unpacks files and folders, readable whatever their modes", async () => {
  const entries: TarEntry[] = [{ path: "set/", type: "Directory" }, picture];
  for (const bytes of [tarOf(entries), gzipSync(tarOf(entries))]) {
    await unpacked(bytes, async (folder, root) => {
      assert.equal(await Deno.readTextFile(join(folder, "cat/1.jpg")), "picture");
      assert.equal((await Deno.stat(join(folder, "cat/1.jpg"))).mode! & 0o777, 0o644);
      assert.deepEqual(await names(root), ["set", "set.tgz"]);
    });
  }
});

Deno.test("unpackTar() refuses whatever is no file and no folder", async () => {
  const links: TarEntry[] = [
    { path: "set/link", type: "SymbolicLink", linkpath: "/etc" },
    { path: "set/link", type: "SymbolicLink", linkpath: "cat" },
    { path: "set/link", type: "Link", linkpath: "set/cat/1.jpg" },
    { path: "set/device", type: "CharacterDevice" },
    { path: "set/pipe", type: "FIFO" },
  ];
  for (const link of links) {
    await refuses([picture, link, { path: "set/link/x", content: "x" }], /is a .*, and only files/);
  }
});

Deno.test("unpackTar() refuses paths that lead outside", async () => {
  for (const path of ["set/../../x", "../x", "/etc/x", "set/..", "C:\\x", "set\\..\\..\\x"]) {
    await refuses([picture, { path, content: "x" }], /leads outside/);
  }
  // The name may also come from a header of its own, before the entry's.
  const record = "path=set/../../x\n";
  const content = `${record.length + 3} ${record}`;
  await refuses(
    [{ path: "set/pax", type: "ExtendedHeader", content }, { path: "set/y", content: "y" }],
    /leads outside/,
  );
});

Deno.test("unpackTar() refuses more entries or bytes than there may be", async () => {
  const many = Array.from({ length: 21 }, (_, index) => ({ path: `set/${index}`, content: "x" }));
  await refuses(many, /more than 20 entries or 10000 bytes/);
  const folders = many.map(({ path }) => ({ path, type: "Directory" as const }));
  await refuses([picture, ...folders], /more than 20 entries/);
  await refuses([{ path: "set/large", content: new Uint8Array(10_001) }], /or 10000 bytes/);
  await refuses([{ path: "set/claims", size: 2 ** 35 }], /or 10000 bytes/);
});

Deno.test("unpackTar() refuses a bomb before it is unpacked", async () => {
  const zeros = new Uint8Array(2 ** 26);
  const behind = tarOf([picture, { path: "set/2", size: 9_000 }]);
  for (
    const bomb of [
      gzipSync(zeros),
      gzipSync(gzipSync(zeros)),
      gzipSync(Buffer.concat([behind, zeros])),
    ]
  ) {
    await assert.rejects(unpacked(bomb), /^ArchiveError: .*set\.tgz cannot be unpacked/);
  }
});

Deno.test("unpackTar() refuses what is cut, damaged, empty or no archive at all", async () => {
  const whole = gzipSync(tarOf([picture, { path: "set/cat/2.jpg", content: "other" }]));
  for (let part = 0; part < 10; part++) {
    await assert.rejects(
      unpacked(whole.subarray(0, Math.floor(part * whole.length / 10))),
      ArchiveError,
    );
  }
  const changed = tarOf([picture]);
  changed[0]! ^= 1;
  await assert.rejects(unpacked(changed), /^ArchiveError: .*checksum failure/);
  await assert.rejects(unpacked(tarOf([])), ArchiveError);
  await assert.rejects(unpacked(tarOf([{ path: "set/", type: "Directory" }])), /holds no files/);
  await assert.rejects(unpacked(tarOf([{ path: "1.jpg", content: "x" }])), /is in no folder/);
  await assert.rejects(unpacked(new TextEncoder().encode("<html>".repeat(200))), ArchiveError);
});

Deno.test("unpackTar() ends when it is told to and leaves nothing", () =>
  inFolder(async (root) => {
    const archive = join(root, "set.tar");
    await Deno.writeFile(archive, tarOf([picture]));
    const signal = AbortSignal.abort();
    await assert.rejects(unpackTar(archive, join(root, "set"), { limits, signal }), {
      name: "AbortError",
    });
    assert.deepEqual(await names(root), ["set.tar"]);
  }));
