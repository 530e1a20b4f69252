import { join } from "@std/path";
import assert from "node:assert/strict";
import {
  fileVersion,
  findVisualRuntime,
  runtimeNames,
} from "../../../../lib/engine/tensorflow/windows/visual_runtime.ts";
import { inFolder } from "../../../in_folder.ts";

/**
 * 42 bytes of Microsoft's msvcp140.dll 14.51.36247.0: the end of the name `VS_VERSION_INFO`, then the
 * first fields of `VS_FIXEDFILEINFO`.
 */
const resource =
  "4f004e005f0049004e0046004f0000000000bd04effe0000010033000e000000978d33000e000000978d";

async function put(folder: string, version: readonly [number, number]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const [major, minor] = version.map((part) => part.toString(16).padStart(2, "0"));
  const bytes = hex(resource.replace("33000e00", `${minor}00${major}00`));
  for (const name of runtimeNames) await Deno.writeFile(join(folder, name), bytes);
}

function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(text);
}

Deno.test("fileVersion() reads the version from a file's resource", () =>
  inFolder(async (folder) => {
    const path = join(folder, "library.dll");
    assert.equal(fileVersion(path), undefined);
    await Deno.writeFile(path, hex(`bd00bd04ef${resource}`));
    assert.deepEqual(fileVersion(path), [14, 51]);
    for (const bytes of [hex(resource).subarray(0, 24), hex("bd04effe"), new Uint8Array(0)]) {
      await Deno.writeFile(path, bytes);
      assert.equal(fileVersion(path), undefined);
    }
  }));

Deno.test("findVisualRuntime() takes all libraries from the first folder with new ones", () =>
  inFolder(async (folder) => {
    const [old, partial, recent] = ["old", "partial", "recent"].map((name) => join(folder, name));
    const folders = [old!, partial!, recent!];
    assert.equal(findVisualRuntime(folders), undefined);
    await put(old!, [14, 39]);
    await put(partial!, [14, 51]);
    await Deno.remove(join(partial!, "vcruntime140_1.dll"));
    assert.equal(findVisualRuntime(folders), undefined);
    await put(recent!, [14, 40]);
    const paths = ["vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll"];
    assert.deepEqual(findVisualRuntime(folders), paths.map((name) => join(recent!, name)));
  }));
