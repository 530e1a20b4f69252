import { dirname, join } from "@std/path";
import type { Activity, OnActivity } from "../display/activity.ts";
import { takeLock } from "../files/file_lock.ts";
import { replaceFile } from "../files/replace_file.ts";
import { toJson } from "../files/write.ts";
import { fits, readRequirements, type Requirements } from "./requirements.ts";
import { callPython, PythonError, systemPython } from "./run_python.ts";

/** How {@linkcode readyEnvironment} works. */
export interface EnvironmentOptions {
  /**
   * Folders with a `requirements.in`, which pins what is asked for, and a `requirements.txt`, which pins
   * by hashes that and all that it needs.
   */
  readonly requirements: readonly string[];
  /** The oldest Python that they support, such as `3.10`. */
  readonly minPython: string;
  /**
   * Called before packages are installed, with the pins of what is asked for (`name==version`). It may
   * throw to refuse.
   */
  readonly onInstall?: (pins: readonly string[]) => void;
  /** Called while packages are downloaded, then while they are installed. */
  readonly onPrepare?: OnActivity | undefined;
  readonly signal?: AbortSignal;
}

/** The path of a virtual environment's interpreter. */
export function environmentPython(folder: string): string {
  return Deno.build.os === "windows"
    ? join(folder, "Scripts", "python.exe")
    : join(folder, "bin", "python");
}

/**
 * Creates a virtual environment if it is missing, and installs the packages that it lacks: only files
 * with the hashes of the requirements, and only wheels, since what builds a package is not pinned. Two
 * processes may call this at the same time.
 *
 * @returns The path of its interpreter.
 * @throws {PythonError} If there is no Python 3 or only an older one, pip fails, or the package index
 *   gives another file than the published one.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 *
 * @example
 * ```ts
 * async function installJupyter(): Promise<string> {
 *   return await readyEnvironment(".venv", { requirements: ["lib/jupyter/lab"], minPython: "3.10" });
 * }
 * ```
 */
export async function readyEnvironment(
  folder: string,
  { requirements, minPython, onInstall, onPrepare, signal }: EnvironmentOptions,
): Promise<string> {
  const python = environmentPython(folder);
  const wanted = await Promise.all(requirements.map(readRequirements));
  const missing = await missingFrom(folder, wanted);
  if (missing.length === 0) return python;
  onInstall?.(missing.flatMap(({ asked }) => asked));
  await Deno.mkdir(dirname(folder), { recursive: true });
  // If another process held the lock, it has installed the packages.
  using _lock = await takeLock(`${folder}.lock`, signal ? { signal } : {});
  const lacking = await missingFrom(folder, wanted);
  if (lacking.length === 0) return python;
  const [command, ...args] = await createEnvironment(folder, minPython, signal);
  const onLine = onPrepare && watchInstall(onPrepare);
  for (const { path } of lacking) {
    await callPython(command, [...args, "install", ...installFlags, "-r", path], {
      signal,
      onLine,
      explain: explainInstall,
    });
  }
  await recordInstalled(folder, lacking);
  return python;
}

/** A package that is there was perhaps not checked: it is installed again. */
const installFlags = [
  "--progress-bar=off",
  "--disable-pip-version-check",
  "--no-deps",
  "--require-hashes",
  "--only-binary=:all:",
  "--force-reinstall",
];

/** Follows `pip install` by its lines: one for each package, then one that names all. */
export function watchInstall(onPrepare: OnActivity): (line: string) => void {
  const downloading: Activity = { verb: "Downloading packages", unit: "packages" };
  let fetched = 0;
  return (line) => {
    // pip decides which pins apply to this system and Python, so the total is unknown until the end.
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
  minPython: string,
  signal: AbortSignal | undefined,
): Promise<[string, ...string[]]> {
  const system = systemPython;
  await requireVersion(system, minPython);
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

/** @throws {PythonError} If the interpreter is older. */
async function requireVersion(command: string, least: string): Promise<void> {
  const version = await callPython(command, [
    "-c",
    "import sys; print(*sys.version_info[:2], sep='.')",
  ]);
  const minor = (text: string): number => Number(text.split(".")[1]);
  if (version.startsWith("3.") && minor(version) >= minor(least)) return;
  throw new PythonError(`${command} must be Python ${least} or newer. Received: ${version}`);
}

/** Prints the versions of all packages by their names. */
const listVersions = "import json; from importlib.metadata import distributions; " +
  "print(json.dumps({each.metadata['Name']: each.version for each in distributions()}))";

/** The requirements that were not installed from files with their hashes, or were changed since. */
async function missingFrom(
  folder: string,
  wanted: readonly Requirements[],
): Promise<readonly Requirements[]> {
  try {
    const record = await readRecord(folder);
    const versions = JSON.parse(
      await callPython(environmentPython(folder), ["-c", listVersions]),
    );
    return wanted.filter((each) =>
      record[each.name] !== each.sha256 || !fits(each, new Map(Object.entries(versions)))
    );
  } catch (error) {
    if (error instanceof PythonError) return wanted;
    throw error;
  }
}

/** The file of an environment that says which requirements were installed, by their SHA-256. */
const recordName = "requirements.json";

async function readRecord(folder: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return JSON.parse(await Deno.readTextFile(join(folder, recordName))) ?? {};
  } catch {
    return {}; // It is missing or damaged: all is installed again.
  }
}

async function recordInstalled(folder: string, done: readonly Requirements[]): Promise<void> {
  const digests = Object.fromEntries(done.map(({ name, sha256 }) => [name, sha256]));
  const record = { ...await readRecord(folder), ...digests };
  await replaceFile(join(folder, recordName), toJson(record));
}

/** Explains in one line why pip refused a file, if it did. */
export function explainInstall(output: string): string | undefined {
  if (!/DO NOT MATCH THE HASHES/.test(output)) return undefined;
  const refused = /^\s+(\S+?)==(\S+)[^\n]*\n\s+Expected[^]*?Got\s+([0-9a-f]+)/m.exec(output);
  const [, name = "a package", version = "", received = "unknown"] = refused ?? [];
  return "the package index gave another file than the published " + `${name} ${version}`.trim() +
    ", so that it is not installed: check PIP_INDEX_URL and pip's configuration. " +
    `Received: the SHA-256 ${received}`;
}
