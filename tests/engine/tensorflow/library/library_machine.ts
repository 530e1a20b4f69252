import assert from "node:assert/strict";
import { join } from "@std/path";
import type { Library } from "../../../../lib/engine/tensorflow/library/find_library.ts";
import { libraryName } from "../../../../lib/engine/tensorflow/library/library_files.ts";
import { wheel } from "../../../../lib/engine/tensorflow/library/fetch_wheel.ts";
import { inFolder } from "../../../in_folder.ts";

export const frameworkName = libraryName.replace("_cc.", "_framework.");

/** The folder of the fetched library. */
export const folderName = `${wheel.version}-${Deno.build.arch}`;

/** All that is to be left of a fetched wheel. */
export const wholeLibrary = [`${folderName}/${libraryName}`, `${folderName}/${frameworkName}`];

/** What `ready_library.ts` printed. */
export interface Outcome {
  readonly library?: Library;
  readonly error?: string;
  readonly message?: string;
  /** What the user was told on the way. */
  readonly said: string;
}

/** A machine whose home, cache, programs and package index are folders of a test. */
export interface Machine {
  readonly cache: string;
  readonly programs: string;
  /** Where Python finds packages. */
  readonly packages: string;
  /** Writes a program that is found before the real one of this name. */
  program(name: string, script: string): Promise<void>;
  start(mode?: string, env?: Record<string, string>): Deno.ChildProcess;
  run(mode?: string, env?: Record<string, string>): Promise<Outcome>;
  /** The command lines that pip was called with. */
  pipCalls(): Promise<string[]>;
}

/** The interpreter behind whatever `python3` is here; undefined where there is none. */
const realPython = await (async () => {
  const command = new Deno.Command("python3", {
    args: ["-c", "import sys; print(sys.executable)"],
  });
  const output = await command.output().catch(() => undefined);
  return output?.success ? new TextDecoder().decode(output.stdout).trim() : undefined;
})();

/** A wheel of a few bytes, laid out as TensorFlow's. */
const makeWheel = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for member in sys.argv[2:]:
        wheel.writestr(member, "content of " + member)
`;

/** Python without its own packages, so that a TensorFlow installed here is not seen. */
const python = (real: string): string => `PYTHONPATH="$MACHINE/packages" exec '${real}' -S "$@"`;

/** What pip does on a machine where all is well. */
export const goodPip = `
while [ "$1" != --dest ]; do shift; done
cp "$MACHINE/tensorflow.whl" "$2/"`;

/** A `python3` whose pip is `pip`, a shell script, and whose unpacking first runs `unpack`. */
export function pythonWith(pip: string, unpack = ""): string {
  return `
case "$1 $2" in
  "-m pip") echo "$@" >> "$MACHINE/pip-calls"; ${pip} ;;
  *) if [ $# = 4 ]; then ${unpack || ":"}; fi; ${python(realPython ?? "")} ;;
esac`;
}

/** Registers a test on a machine of its own, skipped with a word where that cannot be played. */
export function testOnMachine(name: string, run: (machine: Machine) => Promise<void>): void {
  const ignore = realPython === undefined || Deno.build.os === "windows";
  Deno.test({
    name: name + (ignore ? " (skipped: needs python3 and a Unix shell)" : ""),
    ignore,
    fn: () => inFolder(async (folder) => await run(await makeMachine(folder))),
  });
}

/** Puts a wheel with these files into the package index. */
export async function putWheel(machine: Machine, members: readonly string[]): Promise<void> {
  const path = join(machine.programs, "..", "tensorflow.whl");
  const command = new Deno.Command(realPython ?? "", { args: ["-c", makeWheel, path, ...members] });
  const { success } = await command.output();
  if (!success) throw new Error(`${path} could not be written`);
}

async function makeMachine(folder: string): Promise<Machine> {
  const [programs, packages] = [join(folder, "programs"), join(folder, "packages")];
  for (const path of [programs, packages, join(folder, "home")]) await Deno.mkdir(path);
  const start = (mode = "ready", env: Record<string, string> = {}): Deno.ChildProcess =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", new URL("ready_library.ts", import.meta.url).href, mode],
      env: machineEnvironment(folder, env),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  const machine: Machine = {
    cache: join(folder, Deno.build.os === "darwin" ? "home/Library/Caches" : "cache", "vgg-deno"),
    programs,
    packages,
    start,
    program: (name, script) =>
      Deno.writeTextFile(join(programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 }),
    run: async (mode, env) => await outcomeOf(start(mode, env)),
    pipCalls: async () => {
      const calls = await Deno.readTextFile(join(folder, "pip-calls")).catch(() => "");
      return calls.split("\n").filter((call) => call !== "");
    },
  };
  await machine.program("python3", pythonWith(goodPip));
  await machine.program("nvidia-smi", "exit 9");
  await putWheel(machine, [
    `tensorflow/${libraryName}`,
    `tensorflow/${frameworkName}`,
    "tensorflow/__init__.py",
    `tensorflow/python/${libraryName}`,
  ]);
  return machine;
}

function machineEnvironment(folder: string, env: Record<string, string>): Record<string, string> {
  return {
    MACHINE: folder,
    HOME: join(folder, "home"),
    XDG_CACHE_HOME: join(folder, "cache"),
    DENO_DIR: denoFolder(),
    PATH: `${join(folder, "programs")}:${Deno.env.get("PATH")}`,
    VGG_TENSORFLOW: "",
    VGG_NO_NATIVE: "",
    ...env,
  };
}

/** Deno's own cache stays where it is, or every process would fetch the packages again. */
function denoFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  const { denoDir }: { denoDir: string } = JSON.parse(new TextDecoder().decode(stdout));
  return denoDir;
}

/** Waits for a started process and reads what it printed. */
export async function outcomeOf(process: Deno.ChildProcess): Promise<Outcome> {
  const { stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stderr);
  const printed = decoder.decode(stdout);
  if (printed === "") throw new Error(`the process ended without an answer: ${said}`);
  return { ...JSON.parse(printed), said };
}

/** The library that came of it; where none did, the test ends with the reason. */
export function libraryOf({ library, message }: Outcome): Library {
  assert.ok(library, message ?? "there is no library");
  return library;
}

/** What lies beside the fetched library, and in its folder. */
export async function keptBy({ cache }: Machine): Promise<string[]> {
  const paths = [];
  for await (const { name, isDirectory } of Deno.readDir(join(cache, "tensorflow"))) {
    if (!isDirectory) continue;
    for await (const file of Deno.readDir(join(cache, "tensorflow", name))) {
      paths.push(`${name}/${file.name}`);
    }
  }
  return paths.sort();
}

/** Puts files that pass for TensorFlow's library into a folder. */
export async function putLibrary(
  folder: string,
  names = [libraryName, frameworkName],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const name of names) await Deno.writeTextFile(join(folder, name), "");
}
