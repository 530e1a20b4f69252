import { basename, dirname, join } from "@std/path";
import { statfs } from "node:fs/promises";
import type { Activity, OnActivity } from "../../../display/activity.ts";
import { takeLock } from "../../../files/file_lock.ts";
import { sha256Of } from "../../../files/sha256_of.ts";
import { PythonError, runPython } from "../../../python/environment.ts";
import { LibraryError } from "../../errors.ts";
import { pathVariable } from "./environment.ts";
import { explainPip } from "./explain_pip.ts";
import { findFileFault } from "./verify_files.ts";
import { type Wheel, wheels, wheelVersion } from "./wheels.ts";

/** Megabytes to download and to keep, on Linux on x86; other systems need about as many. */
const megabytes = { download: 275, disk: 855 };

/** Extracts the C API and the framework, and flushes them to the disk. */
const unpack = `
import os, sys, zipfile
source, target = sys.argv[1:]
prefixes = ("tensorflow/libtensorflow_cc.", "tensorflow/libtensorflow_framework.")
with zipfile.ZipFile(source) as archive:
    members = [each for each in archive.infolist() if each.filename.startswith(prefixes)]
    done, total = 0, sum(each.file_size for each in members)
    for member in members:
        path = os.path.join(target, os.path.basename(member.filename))
        with archive.open(member) as packed, open(path, "wb") as file:
            while chunk := packed.read(1 << 22):
                file.write(chunk)
                done += len(chunk)
                print(f"Progress {done} of {total}", flush=True)
            file.flush()
            os.fsync(file.fileno())
`;

/** How {@linkcode fetchWheel} works. */
export interface FetchWheelOptions {
  /** How the user can refuse the download, for the first message. */
  readonly refusal: string;
  readonly onMessage?: (line: string) => void;
  /** Called during the download and while the library is unpacked. */
  readonly onPrepare?: OnActivity;
  readonly signal?: AbortSignal;
  /** The wheel. Default: {@linkcode wheelForSystem}'s. */
  readonly wheel?: Wheel | undefined;
}

/**
 * Downloads the wheel with pip, checks its digest, and extracts its two libraries into `folder`. It
 * works in a temporary folder beside it, which is renamed at the end, so that an interruption never leaves an incomplete
 * library; the next call removes what was left. A second process waits for the first one.
 *
 * @throws {LibraryError} If there is no wheel for this system, the download fails, or what the package
 *   index gives is not the wheel that was published.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 */
export async function fetchWheel(folder: string, options: FetchWheelOptions): Promise<void> {
  const { wheel = wheelForSystem() } = options;
  const parent = dirname(folder);
  await Deno.mkdir(parent, { recursive: true });
  using _lock = await takeLock(`${folder}.lock`, {
    ...options,
    onWait: () => options.onMessage?.("Waiting for another process that fetches TensorFlow …"),
  });
  const fault = await findFileFault(folder, wheel.files);
  if (!fault) return;
  if (await exists(folder)) {
    options.onMessage?.(
      `TensorFlow's library in ${folder} is damaged and is fetched again: ${fault}`,
    );
  }
  await removeLeftovers(folder);
  await requireSpace(parent);
  options.onMessage?.(
    `Fetching ${wheel.package} ${wheelVersion} with pip, once, as the native engine: about ` +
      `${megabytes.download} MB to download, ${megabytes.disk} MB kept in ${folder}. ` +
      `To refuse: ${options.refusal}.`,
  );
  const temporary = await Deno.makeTempDir({ dir: parent, prefix: `${basename(folder)}.part-` });
  try {
    const libraries = join(temporary, "libraries");
    await Deno.mkdir(libraries);
    const path = await download(temporary, wheel, options);
    await requireDigest(path, wheel);
    await python(["-c", unpack, path, libraries], options, {}, progressOf("Unpacking", options));
    const wrong = await findFileFault(libraries, wheel.files);
    if (wrong) {
      throw new LibraryError(`the wheel's library was not unpacked as published: ${wrong}`);
    }
    await Deno.rename(libraries, folder);
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
  }
}

/**
 * Returns the wheel for this system.
 *
 * @throws {LibraryError} If there is none.
 */
export function wheelForSystem(): Wheel {
  const { os, arch } = Deno.build;
  const musl = Deno.build.env === "musl" || isFileSync("/etc/alpine-release");
  const wheel = musl ? undefined : wheels[`${os}-${arch}`];
  if (wheel) return wheel;
  throw new LibraryError(
    `TensorFlow has no wheel for ${musl ? "musl (Alpine)" : os} on ${arch}: ` +
      `set ${pathVariable} to a library of your own`,
  );
}

function isFileSync(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** @throws {LibraryError} If a file is not the wheel that was published. */
async function requireDigest(path: string, { package: name, sha256 }: Wheel): Promise<void> {
  const received = await sha256Of(path);
  if (received === sha256) return;
  throw new LibraryError(
    `the package index gave another file than the published ${name} ${wheelVersion}, so that it is not ` +
      `used: check PIP_INDEX_URL and pip's configuration. Its SHA-256 must be ${sha256}. ` +
      `Received: ${received}`,
  );
}

/** Removes what interrupted calls left. The caller holds the lock, so no other process works there. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = dirname(folder);
  for await (const { name } of Deno.readDir(parent)) {
    const path = join(parent, name);
    if (name === basename(folder)) await Deno.remove(path, { recursive: true });
    // If a pip outlived its killed parent and still writes here, the next call removes it.
    const isTemporary = name.startsWith(`${basename(folder)}.part-`);
    if (isTemporary) await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

async function requireSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize / 1e6;
  const needed = megabytes.download + megabytes.disk;
  if (free >= needed) return;
  throw new LibraryError(
    `fetching TensorFlow needs ${needed} MB free in ${folder}. Received: ${Math.floor(free)} MB`,
  );
}

/** Downloads the wheel into a folder, and returns its path. */
async function download(
  folder: string,
  { package: name, platform }: Wheel,
  options: FetchWheelOptions,
): Promise<string> {
  const tellsProgress = await hasRawProgress();
  const stop = tellsProgress ? (): void => {} : watchSize(folder, options);
  try {
    await python(
      [
        ...["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"],
        ...["--no-input", "--disable-pip-version-check", "--dest", folder],
        ...["--python-version", "3.13", "--platform", platform],
        ...(tellsProgress ? ["--progress-bar=raw"] : []),
        `${name}==${wheelVersion}`,
      ],
      options,
      { TMPDIR: folder, PIP_REQUIRE_VIRTUALENV: "0" },
      progressOf("Downloading", options),
    );
  } finally {
    stop();
  }
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.endsWith(".whl")) return join(folder, entry.name);
  }
  throw new LibraryError("fetching TensorFlow failed: pip succeeded but left no wheel");
}

async function python(
  args: readonly string[],
  { signal }: FetchWheelOptions,
  env: Record<string, string>,
  onLine: (line: string) => void,
): Promise<void> {
  const run = runPython("python3", args, { env, onLine, signal });
  const { success, err } = await run.catch((error) => {
    if (!(error instanceof PythonError)) throw error;
    throw new LibraryError(
      "fetching TensorFlow needs python3 with pip, and there is no python3: install it, or " +
        `set ${pathVariable} to TensorFlow's library`,
    );
  });
  if (!success) throw new LibraryError(explainPip(err));
}

/** Whether pip has `--progress-bar=raw`: from version 24.1 on. */
async function hasRawProgress(): Promise<boolean> {
  const code = "from importlib.metadata import version; print(version('pip'))";
  const found = await runPython("python3", ["-c", code]).catch(() => undefined);
  const [major = 0, minor = 0] = (found?.success ? found.out : "").split(".").map(Number);
  return major > 24 || major === 24 && minor >= 1;
}

function activity(verb: string): Activity {
  return { verb: `${verb} TensorFlow ${wheelVersion}`, unit: "MB" };
}

/** Reads the lines `Progress 1048576 of 275000000`, in bytes. pip writes 0 for an unknown total. */
function progressOf(verb: string, { onPrepare }: FetchWheelOptions): (line: string) => void {
  return (line) => {
    const [, done, total] = /^Progress (\d+) of (\d+)$/.exec(line.trim()) ?? [];
    if (done === undefined) return;
    onPrepare?.(Number(done) / 1e6, Number(total) / 1e6 || Infinity, activity(verb));
  };
}

/**
 * Reports every second how much an older pip has downloaded into a folder. It does not tell the total.
 *
 * @returns A function that ends this.
 */
function watchSize(folder: string, { onPrepare }: FetchWheelOptions): () => void {
  const timer = setInterval(async () => {
    onPrepare?.(await bytesIn(folder) / 1e6, Infinity, activity("Downloading"));
  }, 1000);
  return () => clearInterval(timer);
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      bytes += isDirectory ? await bytesIn(path) : (await Deno.stat(path)).size;
    }
  } catch {
    // pip may move files while they are counted.
  }
  return bytes;
}
