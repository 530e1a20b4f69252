import { basename, dirname, join } from "@std/path";
import { statfs } from "node:fs/promises";
import { takeLock } from "../../../files/file_lock.ts";
import { explainPip } from "./explain_pip.ts";
import { LibraryError } from "./errors.ts";
import { holdsLibrary } from "./library_files.ts";
import { type PythonOptions, runPython } from "./python.ts";

/** Megabytes to download and to keep; for other systems than Linux on x86 they are close to this. */
const megabytes = { download: 275, disk: 855 };

/** The wheel that the library is taken from. */
export const wheel = {
  // Elsewhere `tensorflow` itself is for the processor alone.
  package: Deno.build.os === "linux" && Deno.build.arch === "x86_64"
    ? "tensorflow-cpu"
    : "tensorflow",
  version: "2.21.0",
} as const;

/** pip's platform tags, by Deno's name of the system; the wheel need not fit the user's Python. */
const platforms: Readonly<Record<string, string>> = {
  "linux-x86_64": "manylinux_2_27_x86_64",
  "linux-aarch64": "manylinux_2_27_aarch64",
  "darwin-aarch64": "macosx_12_0_arm64",
};

/** Keeps the C API and the framework, flushed to the disk before the folder gets its name. */
const unpack = `
import os, shutil, sys, zipfile
source, target = sys.argv[1:]
with zipfile.ZipFile(source) as archive:
    for member in archive.namelist():
        folder, name = os.path.split(member)
        kept = name.startswith(("libtensorflow_cc.", "libtensorflow_framework."))
        if folder == "tensorflow" and kept:
            with archive.open(member) as packed, open(os.path.join(target, name), "wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())
`;

/** How {@linkcode fetchWheel} works. */
export interface FetchWheelOptions {
  /** How the user could have refused, for the first message. */
  readonly refusal: string;
  readonly onMessage?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Downloads the wheel with pip and keeps its two libraries in `folder`. All work is done in a folder
 * beside it, renamed at the end: an interruption at any moment leaves no folder that seems whole, and
 * the next call removes what it left. Of two processes at once, one waits for the other.
 *
 * @throws {LibraryError} Saying what failed and what to do.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 */
export async function fetchWheel(folder: string, options: FetchWheelOptions): Promise<void> {
  const platform = platformTag();
  const parent = dirname(folder);
  await Deno.mkdir(parent, { recursive: true });
  using _lock = await takeLock(`${folder}.lock`, {
    ...options,
    onWait: () => options.onMessage?.("Waiting for another process that fetches TensorFlow …"),
  });
  if (await holdsLibrary(folder)) return;
  await removeLeftovers(folder);
  await requireSpace(parent);
  options.onMessage?.(
    `Fetching ${wheel.package} ${wheel.version} with pip, once, as the native engine: about ` +
      `${megabytes.download} MB to download, ${megabytes.disk} MB kept in ${folder}. ` +
      `To refuse: ${options.refusal}.`,
  );
  const work = await Deno.makeTempDir({ dir: parent, prefix: `${basename(folder)}.part-` });
  try {
    const kept = join(work, "kept");
    await Deno.mkdir(kept);
    await pip(["-c", unpack, await download(work, platform, options), kept], options);
    if (!await holdsLibrary(kept)) throw new LibraryError("the wheel lacks TensorFlow's library");
    await Deno.rename(kept, folder);
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

function platformTag(): string {
  const { os, arch } = Deno.build;
  const musl = Deno.build.env === "musl" || exists("/etc/alpine-release");
  const tag = musl ? undefined : platforms[`${os}-${arch}`];
  if (tag) return tag;
  throw new LibraryError(
    `TensorFlow has no wheel for ${musl ? "musl (Alpine)" : os} on ${arch}: ` +
      "name a library of your own in VGG_TENSORFLOW",
  );
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Whoever holds the lock is alone, so any other folder of this name was left by an interruption. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = dirname(folder);
  for await (const { name } of Deno.readDir(parent)) {
    const path = join(parent, name);
    if (name === basename(folder)) await Deno.remove(path, { recursive: true });
    // A pip that outlived its killed parent may still write here; then the next call removes it.
    const part = name.startsWith(`${basename(folder)}.part-`);
    if (part) await Deno.remove(path, { recursive: true }).catch(() => {});
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

async function download(
  work: string,
  platform: string,
  options: FetchWheelOptions,
): Promise<string> {
  const stop = sayProgress(work, options);
  try {
    await pip([
      ...["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"],
      ...["--no-input", "--disable-pip-version-check", "--dest", work],
      ...["--python-version", "3.13", "--platform", platform],
      `${wheel.package}==${wheel.version}`,
    ], { ...options, env: { TMPDIR: work, PIP_REQUIRE_VIRTUALENV: "0" } });
  } finally {
    stop();
  }
  for await (const { name } of Deno.readDir(work)) {
    if (name.endsWith(".whl")) return join(work, name);
  }
  throw new LibraryError("fetching TensorFlow failed: pip ended well but left no wheel");
}

async function pip(args: readonly string[], options: PythonOptions): Promise<void> {
  const { success, stderr } = await runPython(args, options);
  if (!success) throw new LibraryError(explainPip(stderr));
}

/** Says every ten seconds how much lies in the folder, where pip keeps what it downloads. */
function sayProgress(work: string, { onMessage }: FetchWheelOptions): () => void {
  const timer = setInterval(async () => {
    const fetched = Math.round(await bytesIn(work) / 1e6);
    onMessage?.(`… ${fetched} of about ${megabytes.download} MB`);
  }, 10_000);
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
    // pip moves its files while they are counted.
  }
  return bytes;
}
