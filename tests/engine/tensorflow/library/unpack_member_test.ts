import { join } from "@std/path";
import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { unpackMember } from "../../../../lib/engine/tensorflow/library/unpack_member.ts";
import { inFolder } from "../../../in_folder.ts";

const content = Uint8Array.from({ length: 3_000_000 }, (_, index) => index * index >> 7);

/** Unpacks bytes that lie behind others in a file; the size is that which is expected. */
async function unpack(
  packed: Uint8Array,
  bytes: number,
): Promise<{ read: Uint8Array; told: number }> {
  let read = new Uint8Array();
  let told = 0;
  await inFolder(async (folder) => {
    const [path, target] = [join(folder, "wheel"), join(folder, "library")];
    await Deno.writeFile(path, new Uint8Array([...new Uint8Array(99), ...packed, 1, 2, 3]));
    const source = { path, offset: 99, bytes: packed.length };
    await unpackMember(source, target, { bytes }, (bytes) => told = bytes);
    read = await Deno.readFile(target);
  });
  return { read, told };
}

Deno.test("unpackMember() inflates a part of a file, and tells how far it is", async () => {
  const { read, told } = await unpack(deflateRawSync(content), content.length);
  assert.deepEqual(read, content);
  assert.equal(told, content.length);
});

Deno.test("unpackMember() refuses what is damaged, longer or shorter", async () => {
  const packed = deflateRawSync(content);
  const cut = packed.subarray(0, packed.length >> 1);
  await assert.rejects(unpack(cut, content.length), /^LibraryError: .* library has not 3000000 b/);
  const noise = packed.map((byte, index) => index > 1000 ? ~byte : byte);
  await assert.rejects(unpack(noise, content.length), /^LibraryError: .* library is damaged$/);
  for (const bytes of [content.length - 1, content.length + 1]) {
    await assert.rejects(unpack(packed, bytes), /^LibraryError: .* library has not \d+ bytes$/);
  }
});
