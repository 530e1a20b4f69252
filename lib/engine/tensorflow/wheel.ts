import { basename, dirname, join } from "@std/path";
import { LibraryError } from "./library_error.ts";

interface Wheel {
  readonly package: string;
  readonly version: string;
  readonly download: string;
  readonly disk: string;
  /** pip's platform tags, by Deno's name of the system; the wheel need not fit the user's Python. */
  readonly platforms: Readonly<Record<string, string>>;
}

/** The wheel that the library is taken from. */
export const wheel: Wheel = {
  package: Deno.build.os === "linux" && Deno.build.arch === "x86_64"
    ? "tensorflow-cpu"
    : "tensorflow",
  version: "2.21.0",
  download: "about 275 MB",
  disk: "about 855 MB",
  platforms: {
    "linux-x86_64": "manylinux_2_27_x86_64",
    "linux-aarch64": "manylinux_2_27_aarch64",
    "darwin-aarch64": "macosx_12_0_arm64",
  },
};

/** Members of the wheel that are kept: the C API and the framework it needs. */
const unpack = `import os, shutil, sys, zipfile
source, target = sys.argv[1:]
with zipfile.ZipFile(source) as archive:
    for member in archive.namelist():
        name = os.path.basename(member)
        if os.path.dirname(member) == "tensorflow" and name.startswith(("libtensorflow_cc.", "libtensorflow_framework.")):
            with archive.open(member) as packed, open(os.path.join(target, name), "wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())`;

/**
 * Downloads the wheel with pip and keeps its two libraries in `folder`. All work is done in a folder
 * beside it, renamed at the end: an interruption at any moment leaves no folder that seems whole, and
 * of two processes at once one wins.
 *
 * @throws {LibraryError} Saying what failed and what to do.
 */
export async function fetchWheel(
  folder: string,
  libraryName: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<void> {
  const platform = wheel.platforms[`${Deno.build.os}-${Deno.build.arch}`];
  if (!platform) {
    throw new LibraryError(
      `there is no TensorFlow wheel for ${Deno.build.os} on ${Deno.build.arch}: ` +
        "install TensorFlow and name its library in VGG_TENSORFLOW",
    );
  }
  const parent = dirname(folder);
  await Deno.mkdir(parent, { recursive: true });
  await removeLeftovers(parent, basename(folder));
  const work = await Deno.makeTempDir({ dir: parent, prefix: `${basename(folder)}.part-` });
  try {
    const specifier = `${wheel.package}==${wheel.version}`;
    await python([
      ...["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", work],
      ...["--python-version", "3.13", "--platform", platform, "--disable-pip-version-check"],
      specifier,
    ], signal);
    const file = await findWheel(work);
    const kept = join(work, "kept");
    await Deno.mkdir(kept);
    await python(["-c", unpack, file, kept], signal);
    await Deno.stat(join(kept, libraryName)).catch(() => {
      throw new LibraryError(`${basename(file)} does not hold ${libraryName}`);
    });
    await moveInto(kept, folder);
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

async function python(args: string[], signal: AbortSignal | undefined): Promise<void> {
  let output: Deno.CommandOutput;
  try {
    const command = new Deno.Command("python3", {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      ...(signal ? { signal } : {}),
    });
    output = await command.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new LibraryError(
      "python3 with pip is needed to fetch TensorFlow, and there is no python3: install it, or " +
        "name TensorFlow's library in VGG_TENSORFLOW",
    );
  }
  signal?.throwIfAborted();
  if (output.success) return;
  const lines = new TextDecoder().decode(output.stderr).trim().split("\n");
  throw new LibraryError(`fetching TensorFlow failed: ${lines.at(-1) || "python3 said nothing"}`);
}

async function findWheel(folder: string): Promise<string> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".whl")) return join(folder, name);
  }
  throw new LibraryError("fetching TensorFlow failed: pip ended well but left no wheel");
}

/** Puts a finished folder in its place, unless another process was first. */
async function moveInto(finished: string, folder: string): Promise<void> {
  try {
    await Deno.rename(finished, folder);
  } catch (error) {
    const exists = await Deno.stat(folder).then(() => true, () => false);
    if (!exists) throw error;
  }
}

/** Half an hour without a change: whoever worked there is gone. */
const abandoned = 30 * 60 * 1000;

async function removeLeftovers(parent: string, name: string): Promise<void> {
  for await (const entry of Deno.readDir(parent)) {
    if (!entry.name.startsWith(`${name}.part-`)) continue;
    const path = join(parent, entry.name);
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    if (mtime && Date.now() - mtime.getTime() < abandoned) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}
