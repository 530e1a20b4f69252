import { join } from "@std/path";
import assert from "node:assert/strict";
import { rename } from "../../lib/files/rename.ts";
import { inFolder } from "../in_folder.ts";

/** Renames as Windows does while another program has the file open for the first `times`. */
function refusing(times: number, code: string): { calls: number; once: () => Promise<void> } {
  const state = {
    calls: 0,
    once: () => {
      if (state.calls++ >= times) return Promise.resolve();
      return Promise.reject(Object.assign(new Error(code), { code }));
    },
  };
  return state;
}

Deno.test("rename() tries again on Windows while another program has the file open", async () => {
  for (const code of ["EACCES", "EBUSY", "EPERM"]) {
    const file = refusing(3, code);
    await rename("a", "b", { os: "windows", once: file.once });
    assert.equal(file.calls, 4);
  }
});

Deno.test("rename() does not try again for other reasons, nor on other systems", async () => {
  for (const [os, code] of [["windows", "ENOENT"], ["windows", "EXDEV"], ["linux", "EACCES"]]) {
    const file = refusing(1, code!);
    await assert.rejects(rename("a", "b", { os: os!, once: file.once }), { code });
    assert.equal(file.calls, 1);
  }
});

Deno.test("rename() replaces a file", () =>
  inFolder(async (folder) => {
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    await Deno.writeTextFile(from, "new");
    await Deno.writeTextFile(to, "old");
    await rename(from, to);
    assert.equal(await Deno.readTextFile(to), "new");
  }));

/** Opens a file as programs of Windows do that let no other have it. */
function openAlone(path: string): Disposable {
  const kernel = Deno.dlopen("kernel32.dll", {
    CreateFileW: {
      parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
      result: "pointer",
    },
    CloseHandle: { parameters: ["pointer"], result: "i32" },
  });
  const name = Uint16Array.from(`${path}\0`, (letter) => letter.charCodeAt(0));
  const [genericRead, openExisting] = [0x8000_0000, 3];
  const handle = kernel.symbols.CreateFileW(name, genericRead, 0, null, openExisting, 0, null);
  return {
    [Symbol.dispose]: () => {
      kernel.symbols.CloseHandle(handle);
      kernel.close();
    },
  };
}

Deno.test({
  name: "rename() waits on Windows for a program that has the file alone",
  ignore: Deno.build.os !== "windows",
  fn: () =>
    inFolder(async (folder) => {
      const [from, to] = [join(folder, "from"), join(folder, "to")];
      await Deno.writeTextFile(from, "new");
      await Deno.writeTextFile(to, "old");
      let renamed: Promise<void>;
      {
        using _ = openAlone(to);
        await assert.rejects(Deno.rename(from, to));
        renamed = rename(from, to);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await renamed;
      assert.equal(await Deno.readTextFile(to), "new");
    }),
});
