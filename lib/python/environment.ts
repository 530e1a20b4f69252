import { dirname, join } from "@std/path";
import type { Activity, OnActivity } from "../display/activity.ts";
import { takeLock } from "../files/file_lock.ts";
import { readLines } from "../files/read.ts";
import { programCommand, requireFound } from "../linker_variables.ts";

/** Python or pip failed; the message says why. */
export class PythonError extends Error {
  override readonly name = "PythonError";
}

/** Package versions by name. */
export type Packages = Readonly<Record<string, string>>;

/** How {@linkcode readyEnvironment} works. */
export interface EnvironmentOptions {
  readonly packages: Packages;
  /** Called before packages are installed, with their pins (`name==version`). It may throw to refuse. */
  readonly onInstall?: (pins: readonly string[]) => void;
  /** Called while packages are downloaded, then while they are installed. */
  readonly onPrepare?: OnActivity | undefined;
  readonly signal?: AbortSignal;
}

/** How {@linkcode runPython} runs. */
interface PythonOptions {
  readonly env?: Record<string, string>;
  /** Called with each line of the output as it is written. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const isWindows = Deno.build.os === "windows";

/** The path of a virtual environment's interpreter. */
export function environmentPython(folder: string): string {
  return isWindows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/**
 * Creates a virtual environment if it is missing, and installs the packages that it lacks. Two processes
 * may call this at the same time.
 *
 * @returns The path of its interpreter.
 * @throws {PythonError} If there is no Python 3, or pip fails.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 *
 * @example
 * ```ts
 * async function installJupyter(): Promise<string> {
 *   return await readyEnvironment(".venv", { packages: { jupyterlab: "4.6.6" } });
 * }
 * ```
 */
export async function readyEnvironment(
  folder: string,
  { packages, onInstall, onPrepare, signal }: EnvironmentOptions,
): Promise<string> {
  const python = environmentPython(folder);
  if (await hasPackages(python, packages)) return python;
  const pins = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
  onInstall?.(pins);
  await Deno.mkdir(dirname(folder), { recursive: true });
  // If another process held the lock, it has installed the packages.
  using _lock = await takeLock(`${folder}.lock`, signal ? { signal } : {});
  if (await hasPackages(python, packages)) return python;
  const [command, ...args] = await createEnvironment(folder, signal);
  const flags = ["--progress-bar=off", "--disable-pip-version-check"];
  const onLine = onPrepare && watchInstall(onPrepare);
  await callPython(command, [...args, "install", ...flags, ...pins], { signal, onLine });
  return python;
}

/** Follows `pip install` by its lines: one for each package, then one that names all. */
export function watchInstall(onPrepare: OnActivity): (line: string) => void {
  const downloading: Activity = { verb: "Downloading packages", unit: "packages" };
  let fetched = 0;
  return (line) => {
    // pip learns what it needs from the packages themselves, so the total is unknown until the end.
    if (/^\s*(Downloading|Using cached) \S+\.whl(?!\.metadata)/.test(line)) {
      onPrepare(++fetched, Infinity, downloading);
    }
    const all = /^Installing collected packages: (.*)/.exec(line)?.[1]?.split(", ");
    if (all) onPrepare(0, all.length, { verb: "Installing", unit: "packages" });
  };
}

/** Creates a virtual environment, and returns the command line of its pip. */
async function createEnvironment(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<[string, ...string[]]> {
  const system = isWindows ? "python" : "python3";
  const python = environmentPython(folder);
  try {
    await callPython(system, ["-m", "venv", folder], { signal });
    return [python, "-m", "pip"];
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    // On systems where `ensurepip` is a separate package, the system's own pip installs into it.
    await callPython(system, ["-m", "venv", "--without-pip", folder], { signal });
    return [system, "-m", "pip", "--python", python];
  }
}

/** Whether an interpreter exists and has exactly these versions. */
async function hasPackages(python: string, packages: Packages): Promise<boolean> {
  const code = "import sys; from importlib.metadata import version; " +
    "print(*[version(name) for name in sys.argv[1:]])";
  try {
    const versions = await callPython(python, ["-c", code, ...Object.keys(packages)]);
    // Ignores local version labels, as in 2.13.0+cpu.
    return versions.trim().replaceAll(/\+\S+/g, "") === Object.values(packages).join(" ");
  } catch (error) {
    if (error instanceof PythonError) return false;
    throw error;
  }
}

/**
 * Runs Python and returns its output, without white space at either end.
 *
 * @param command The interpreter.
 * @throws {PythonError} If it is missing, or fails; the message has its last error line.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 */
export async function callPython(
  command: string,
  args: readonly string[],
  options: Omit<PythonOptions, "env"> = {},
): Promise<string> {
  // Otherwise compiled scripts would be left in the working tree.
  const env = { PYTHONDONTWRITEBYTECODE: "1" };
  const { success, out, err } = await runPython(command, args, { env, ...options });
  if (success) return out;
  // Some of Python's own tools write errors to the standard output.
  const lines = (err || out).split("\n").filter((line) => line.trim() !== "");
  const error = lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1) ?? "no output";
  throw new PythonError(`${command} ${args.slice(0, 2).join(" ")} failed: ${error}`);
}

/**
 * Runs Python and returns what it wrote, without white space at either end, and whether it succeeded.
 *
 * @param command The interpreter.
 * @throws {PythonError} If it is missing.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 */
export async function runPython(
  command: string,
  args: readonly string[],
  { env = {}, onLine, signal }: PythonOptions = {},
): Promise<{ success: boolean; out: string; err: string }> {
  const python = programCommand(command, args, {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env,
    ...(signal ? { signal } : {}),
  });
  try {
    const process = python.spawn();
    const [{ success, code }, out, err] = await Promise.all([
      process.status,
      textOf(process.stdout, onLine),
      textOf(process.stderr),
    ]);
    requireFound(command, code);
    signal?.throwIfAborted();
    return { success, out, err };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new PythonError(`Python 3 with venv must be installed. Received: ${error.message}`);
  }
}

/** Reads a stream to its end, without white space at either end. */
async function textOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine?: (line: string) => void,
): Promise<string> {
  const lines: string[] = [];
  for await (const line of readLines(stream)) {
    lines.push(line);
    onLine?.(line);
  }
  return lines.join("\n").trim();
}
