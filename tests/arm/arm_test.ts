import { basename, join } from "@std/path";
import assert from "node:assert/strict";
import { cacheFolder } from "../../lib/engine/tensorflow/library/cache_folder.ts";
import { fetchWheel } from "../../lib/engine/tensorflow/library/fetch_wheel.ts";
import { wheels, wheelVersion } from "../../lib/engine/tensorflow/library/wheels.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";

const emulator = "qemu-aarch64";

/** Where Debian's `libc6-arm64-cross` and `libstdc++6-arm64-cross` are. */
const system = "/usr/aarch64-linux-gnu";

/** Says why the test cannot run; `undefined` if it can. */
async function whyNot(): Promise<string | undefined> {
  if (Deno.env.get("VGG_ARM") !== "1") return "VGG_ARM=1 runs it";
  const found = await new Deno.Command(emulator, { args: ["--version"] }).output().catch(() => {});
  if (!found?.success) return `there is no ${emulator}: Debian's qemu-user has it`;
  const library = join(system, "lib", "libstdc++.so.6");
  if (await Deno.stat(library).catch(() => undefined)) return undefined;
  return `there is no ${library}: Debian's libstdc++6-arm64-cross has it`;
}

/** Fetches the Deno of this version for ARM from npm, once. */
async function armDeno(): Promise<string> {
  const folder = join(cacheFolder(), "..", `deno-${Deno.version.deno}-aarch64`);
  const program = join(folder, "package", "deno");
  if (await Deno.stat(program).catch(() => undefined)) return program;
  await Deno.mkdir(folder, { recursive: true });
  const name = `@deno/linux-arm64-glibc@${Deno.version.deno}`;
  const archive = (await run("npm", ["pack", "--silent", name], folder)).trim();
  await run("tar", ["-xf", archive], folder);
  return program;
}

async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd })
    .output();
  const decoder = new TextDecoder();
  assert.ok(success, `${basename(program)} failed: ${decoder.decode(stderr).slice(-2000)}`);
  return decoder.decode(stdout);
}

const reason = await whyNot();

Deno.test({
  name: "on an emulated ARM processor the engine starts, compiles, and trains for an epoch" +
    (reason ? ` (skipped: ${reason})` : ""),
  ignore: reason !== undefined,
  fn: () =>
    inFolder(async (folder) => {
      const deno = await armDeno();
      const library = join(cacheFolder(), `${wheelVersion}-aarch64`);
      await fetchWheel(library, { refusal: "leave out dev:arm", wheel: wheels["linux-aarch64"] });
      await writeTiny(join(folder, "data"));
      // Packages for ARM do not belong into the project's own node_modules.
      const cache = join(deno, "..", "..", "cache");
      const printed = await run(emulator, [
        ...["-L", system, "-E", `DENO_DIR=${cache}`, "-E", `VGG_TENSORFLOW=${library}`, deno],
        ...["run", "-q", "-A", "--no-check", "--node-modules-dir=none", "tests/arm/smoke.ts"],
        ...[join(folder, "data"), join(folder, "run")],
      ], join(import.meta.dirname ?? ".", "..", ".."));
      const { arch, name, computed, epochs } = JSON.parse(printed.trim().split("\n").at(-1)!);
      assert.deepEqual([arch, name], ["aarch64", "tensorflow"]);
      assert.deepEqual(computed, [7, 10, 15, 22]);
      assert.equal(epochs.length, 1);
      assert.ok(Number.isFinite(epochs[0].loss));
      assert.ok((await Deno.stat(join(folder, "run", "run.json"))).isFile);
    }),
});
