import { join } from "@std/path";
import { sha256Of } from "../../../files/sha256_of.ts";
import { PythonError, runPython } from "../../../python/run_python.ts";
import { LibraryError } from "../../errors.ts";
import { pathVariable } from "./environment.ts";
import { explainPip } from "./explain_pip.ts";
import { otherWheel } from "./package_index.ts";
import { type Wheel, wheelVersion } from "./wheels.ts";

/** How {@linkcode downloadWithPip} works. */
export interface PipOptions {
  /** Receives the bytes that were fetched; the total is 0 where pip does not tell it. */
  readonly onBytes: (bytes: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads a whole wheel with pip into a folder, and checks its digest. pip knows mirrors, passwords and
 * folders of wheels.
 *
 * @returns Its path.
 * @throws {LibraryError} If pip is missing or fails, or the index gives another wheel than the published
 *   one.
 * @throws {DOMException} `AbortError` once the signal is aborted.
 */
export async function downloadWithPip(
  folder: string,
  wheel: Wheel,
  options: PipOptions,
): Promise<string> {
  await download(folder, wheel, options);
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".whl")) continue;
    const received = await sha256Of(join(folder, name));
    if (received !== wheel.sha256) throw otherWheel(wheel, received);
    return join(folder, name);
  }
  throw new LibraryError("fetching TensorFlow failed: pip succeeded but left no wheel");
}

async function download(
  folder: string,
  { package: name, version = wheelVersion, platform }: Wheel,
  options: PipOptions,
): Promise<void> {
  const tellsProgress = await hasRawProgress();
  const stop = tellsProgress ? (): void => {} : watchSize(folder, options);
  try {
    await runPip(folder, [
      ...["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"],
      ...["--no-input", "--disable-pip-version-check", "--dest", folder],
      ...["--python-version", "3.13", "--platform", platform],
      ...(tellsProgress ? ["--progress-bar=raw"] : []),
      `${name}==${version}`,
    ], options);
  } finally {
    stop();
  }
}

async function runPip(
  folder: string,
  args: readonly string[],
  { onBytes, signal }: PipOptions,
): Promise<void> {
  const env = { TMPDIR: folder, PIP_REQUIRE_VIRTUALENV: "0" };
  const onLine = (line: string): void => {
    const progress = parseProgress(line);
    if (progress) onBytes(...progress);
  };
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

/** Reads the lines `Progress 1048576 of 275000000`, in bytes. pip writes 0 for an unknown total. */
export function parseProgress(line: string): [bytes: number, total: number] | undefined {
  const [, done, total] = /^Progress (\d+) of (\d+)$/.exec(line.trim()) ?? [];
  return done === undefined ? undefined : [Number(done), Number(total)];
}

/**
 * Reports every second how much an older pip has downloaded into a folder. It does not tell the total.
 *
 * @returns A function that ends this.
 */
function watchSize(folder: string, { onBytes }: PipOptions): () => void {
  const timer = setInterval(async () => onBytes(await bytesIn(folder), 0), 1000);
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
