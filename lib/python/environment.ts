import { dirname, join } from "@std/path";
import { takeLock } from "../files/file_lock.ts";

/** Python cannot do what it is asked; the message says why and what to try. */
export class PythonError extends Error {
  override readonly name = "PythonError";
}

/** Versions by package. */
export type Packages = Readonly<Record<string, string>>;

/** How {@linkcode readyEnvironment} works. */
export interface EnvironmentOptions {
  readonly packages: Packages;
  /** Told before something is installed, with what pip is given; may throw to refuse. */
  readonly onInstall?: (pins: readonly string[]) => void;
  readonly signal?: AbortSignal;
}

const isWindows = Deno.build.os === "windows";

/** The interpreter of a virtual environment. */
export function environmentPython(folder: string): string {
  return isWindows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/**
 * Makes a virtual environment where it is missing, and installs packages that it lacks.
 *
 * @returns The path of its interpreter.
 * @throws {PythonError} Where there is no Python 3, or pip fails.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 *
 * @example
 * ```ts ignore
 * const python = await readyEnvironment(".venv", { packages: { jupyterlab: "4.6.6" } });
 * ```
 */
export async function readyEnvironment(
  folder: string,
  { packages, onInstall, signal }: EnvironmentOptions,
): Promise<string> {
  const python = environmentPython(folder);
  if (await hasPackages(python, packages)) return python;
  const pins = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
  onInstall?.(pins);
  await Deno.mkdir(dirname(folder), { recursive: true });
  // Of two processes at once the second one finds what the first has installed.
  using _lock = await takeLock(`${folder}.lock`, signal ? { signal } : {});
  if (await hasPackages(python, packages)) return python;
  const pip = await makeEnvironment(folder, signal);
  await callPython(pip[0], [...pip.slice(1), "install", ...quietly, ...pins], signal);
  return python;
}

const quietly = ["--quiet", "--disable-pip-version-check"];

/** Makes a virtual environment, and gives the command that is its pip. */
async function makeEnvironment(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<[string, ...string[]]> {
  const system = isWindows ? "python" : "python3";
  const python = environmentPython(folder);
  try {
    await callPython(system, ["-m", "venv", folder], signal);
    return [python, "-m", "pip"];
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    // Some systems keep what gives an environment its own pip in a package apart; theirs will do.
    await callPython(system, ["-m", "venv", "--without-pip", folder], signal);
    return [system, "-m", "pip", "--python", python];
  }
}

/** Whether an interpreter is there and has just these versions. */
async function hasPackages(python: string, packages: Packages): Promise<boolean> {
  const code = "import sys; from importlib.metadata import version; " +
    "print(*[version(name) for name in sys.argv[1:]])";
  try {
    const versions = await callPython(python, ["-c", code, ...Object.keys(packages)]);
    // A build's own mark, as in 2.13.0+cpu, makes no other version.
    return versions.trim().replaceAll(/\+\S+/g, "") === Object.values(packages).join(" ");
  } catch (error) {
    if (error instanceof PythonError) return false;
    throw error;
  }
}

/**
 * Runs a Python and gives what it printed.
 *
 * @throws {PythonError} Where it is missing or fails, with the last line it wrote.
 */
export async function callPython(
  command: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const process = new Deno.Command(command, {
    args: [...words],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // Compiled scripts would lie about in the working tree.
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    ...(signal ? { signal } : {}),
  });
  const { success, stdout, stderr } = await outputOf(process);
  signal?.throwIfAborted();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (success) return out!;
  // Some of Python's own tools complain on the standard output.
  const lines = (err || out!).split("\n").filter((line) => line.trim() !== "");
  const said = lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1) ?? "no word";
  throw new PythonError(`${command} ${words.slice(0, 2).join(" ")} failed: ${said}`);
}

/** A command that is not there fails before there is a promise. */
async function outputOf(process: Deno.Command): Promise<Deno.CommandOutput> {
  try {
    return await process.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new PythonError(`Python 3 with venv must be installed. Received: ${error.message}`);
  }
}
