import { join } from "@std/path";
import assert from "node:assert/strict";
import type { Library } from "../../../../lib/engine/tensorflow/library/find_library.ts";
import { libraryName } from "../../../../lib/engine/tensorflow/library/library_files.ts";
import { wheelVersion } from "../../../../lib/engine/tensorflow/library/wheels.ts";
import { inFolder } from "../../../in_folder.ts";
import { outputOf } from "../../../output_of.ts";
import { pinWheel } from "../../../project/pin_wheels.ts";

export const frameworkName = libraryName.replace("_cc.", "_framework.");

/** The folder of the downloaded library. */
export const folderName = `${wheelVersion}-${Deno.build.arch}`;

/** The files that are kept of a wheel. */
export const libraryFiles = [`${folderName}/${libraryName}`, `${folderName}/${frameworkName}`];

/** The output of `ready_library.ts`. */
export interface Outcome {
  readonly library?: Library;
  readonly error?: string;
  readonly message?: string;
  /** The messages to the user. */
  readonly messages: string;
}

type Variables = Readonly<Record<string, string>>;

/** A simulated machine, whose home, cache, programs and package index are folders of a test. */
export interface Machine {
  readonly cache: string;
  readonly programs: string;
  /** The folder of Python's packages. */
  readonly packages: string;
  /** Adds a program, which comes before a real one of this name in the `PATH`. */
  program(name: string, script: string): Promise<void>;
  /** Starts `ready_library.ts`, with all permissions unless some are given. */
  start(mode?: string, env?: Variables, permissions?: readonly string[]): Deno.ChildProcess;
  run(mode?: string, env?: Variables, permissions?: readonly string[]): Promise<Outcome>;
  /** The command lines of all calls of pip. */
  pipCalls(): Promise<string[]>;
}

/** The path of the real interpreter; `undefined` if there is none. */
const realPython = await (async () => {
  const command = new Deno.Command("python3", {
    args: ["-c", "import sys; print(sys.executable)"],
  });
  const output = await outputOf(command);
  return output?.success ? new TextDecoder().decode(output.stdout).trim() : undefined;
})();

/** The content of a file of the library. */
const contentOf = (name: string): string => `content of tensorflow/${name}`;

/** Makes a tiny wheel with the layout of TensorFlow's. */
const makeWheel = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as wheel:
    for member in sys.argv[2:]:
        wheel.writestr(member, "content of " + member)
`;

/** Runs Python without its own packages, so that it does not find a TensorFlow installed here. */
const python = (real: string): string => `PYTHONPATH="$MACHINE/packages" exec '${real}' -S "$@"`;

/** A pip that succeeds. */
export const goodPip = `
while [ "$1" != --dest ]; do shift; done
cp "$MACHINE/tensorflow.whl" "$2/"`;

/** A `python3` whose pip is the shell script `pip`. */
export function pythonWith(pip: string): string {
  return `
case "$1 $2" in
  "-m pip") echo "$@" >> "$MACHINE/pip-calls"; ${pip} ;;
  *) ${python(realPython ?? "")} ;;
esac`;
}

/** Registers a test on a simulated machine. If that is impossible, it is skipped, and its name says so. */
export function testOnMachine(name: string, run: (machine: Machine) => Promise<void>): void {
  const ignore = realPython === undefined || Deno.build.os === "windows";
  Deno.test({
    name: name + (ignore ? " (skipped: needs python3 and a Unix shell)" : ""),
    ignore,
    fn: () => inFolder(async (folder) => await run(await makeMachine(folder))),
  });
}

/** Puts a wheel with these files into the package index, and its digest into the machine's pin. */
export async function putWheel(machine: Machine, members: readonly string[]): Promise<void> {
  const path = await forgeWheel(machine, members);
  const pin = await pinWheel(path, {
    package: "tensorflow-cpu",
    platform: "manylinux_2_27_x86_64",
  });
  await Deno.writeTextFile(join(machine.programs, "..", "pin.json"), JSON.stringify(pin));
}

/** Puts another wheel into the package index than the published one. Returns its path. */
export async function forgeWheel(machine: Machine, members: readonly string[]): Promise<string> {
  const path = join(machine.programs, "..", "tensorflow.whl");
  const command = new Deno.Command(realPython ?? "", { args: ["-c", makeWheel, path, ...members] });
  const { success } = await command.output();
  if (!success) throw new Error(`${path} could not be written`);
  return path;
}

async function makeMachine(folder: string): Promise<Machine> {
  const [programs, packages] = [join(folder, "programs"), join(folder, "packages")];
  for (const path of [programs, packages, join(folder, "home")]) await Deno.mkdir(path);
  const start: Machine["start"] = (mode = "ready", env = {}, permissions = ["-A"]) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", ...permissions, "--no-check"],
        ...[new URL("ready_library.ts", import.meta.url).href, mode],
      ],
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
    run: async (...args) => await outcomeOf(start(...args)),
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

function machineEnvironment(folder: string, env: Variables): Record<string, string> {
  return {
    MACHINE: folder,
    HOME: join(folder, "home"),
    XDG_CACHE_HOME: join(folder, "cache"),
    DENO_DIR: denoFolder(),
    PATH: `${join(folder, "programs")}:${Deno.env.get("PATH")}`,
    VGG_TENSORFLOW: "",
    VGG_NO_NATIVE: "",
    VGG_USE_PIP: "1",
    ...env,
  };
}

/** The folder of Deno's own cache, without which every process would download the packages again. */
function denoFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  const { denoDir }: { denoDir: string } = JSON.parse(new TextDecoder().decode(stdout));
  return denoDir;
}

/** Waits for a started process and reads what it printed. */
export async function outcomeOf(process: Deno.ChildProcess): Promise<Outcome> {
  const { stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  const messages = decoder.decode(stderr);
  const printed = decoder.decode(stdout);
  if (printed === "") throw new Error(`the process printed nothing: ${messages}`);
  return { ...JSON.parse(printed), messages };
}

/** The library of an outcome; the test fails if there is none. */
export function libraryOf({ library, message }: Outcome): Library {
  assert.ok(library, message ?? "there is no library");
  return library;
}

/** All files in the folders of the cache. */
export async function cachedFiles({ cache }: Machine): Promise<string[]> {
  const paths = [];
  for await (const { name, isDirectory } of Deno.readDir(join(cache, "tensorflow"))) {
    if (!isDirectory) continue;
    for await (const file of Deno.readDir(join(cache, "tensorflow", name))) {
      if (file.name !== "verified.json") paths.push(`${name}/${file.name}`);
    }
  }
  return paths.sort();
}

/** Puts the library of {@linkcode putWheel}'s wheel into a folder. */
export async function putLibrary(
  folder: string,
  names = [libraryName, frameworkName],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const name of names) await Deno.writeTextFile(join(folder, name), contentOf(name));
}
