import { join } from "@std/path";
import assert from "node:assert/strict";
import { inFolder } from "../../in_folder.ts";
import { permissionFlags } from "../support.ts";

/** A script that calls libc's `system()` to make a file, and makes another one itself. */
const script = `
const [byShell, bySelf] = Deno.args;
const attempt = (work) => {
  try {
    work();
    return "done";
  } catch (error) {
    return error.name;
  }
};
console.log(attempt(() => Deno.writeTextFileSync(bySelf, "")));
console.log(attempt(() => {
  const { symbols } = Deno.dlopen("libc.so.6", {
    system: { parameters: ["buffer"], result: "i32" },
  });
  symbols.system(new TextEncoder().encode("touch " + byShell + "\\0"));
}));
console.log(attempt(() => Deno.UnsafePointer.of(new Uint8Array(8))));
`;

/** Runs the script with a list of permissions that may write nothing, and says what came of it. */
async function tryAll(list: string): Promise<{ said: string[]; files: string[] }> {
  let result: { said: string[]; files: string[] } | undefined;
  await inFolder(async (folder) => {
    const path = join(folder, "script.ts");
    await Deno.writeTextFile(path, script);
    const out = join(folder, "out");
    await Deno.mkdir(out);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "--no-config", "--no-check", ...permissionFlags(list)],
        ...[`--deny-write=${out}`, path, join(out, "shell"), join(out, "self")],
      ],
      cwd: folder,
    }).output();
    const files = Array.from(Deno.readDirSync(out), ({ name }) => name);
    result = { said: new TextDecoder().decode(stdout).trim().split("\n"), files };
  });
  return result!;
}

const options = { ignore: Deno.build.os !== "linux" };

Deno.test(
  "code in a task with native code can run any program by libc, which no permission prevents",
  options,
  async () => {
    assert.deepEqual(await tryAll("compute"), {
      said: ["NotCapable", "done", "done"],
      files: ["shell"],
    });
  },
);

for (const list of ["draw", "convert", "files", "fetch"]) {
  Deno.test(`the permissions ${list} open no libc, and read no memory`, options, async () => {
    assert.deepEqual(await tryAll(list), {
      said: ["NotCapable", "NotCapable", "NotCapable"],
      files: [],
    });
  });
}
