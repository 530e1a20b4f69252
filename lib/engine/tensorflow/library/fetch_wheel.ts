import { basename, dirname, join } from "@std/path";
import type { OnActivity } from "../../../display/activity.ts";
import { takeLock } from "../../../files/file_lock.ts";
import { freeBytes } from "../../../files/free_bytes.ts";
import { FetchError } from "../../../files/remote/remote_file.ts";
import { rename } from "../../../files/rename.ts";
import { LibraryError } from "../../errors.ts";
import { usesPip } from "./environment.ts";
import { packedBytes, packedPath } from "./fetch_ranges.ts";
import { findIndex } from "./package_index.ts";
import { downloadWithPip } from "./pip_download.ts";
import { runFetch } from "./run_fetch.ts";
import { type PackedBytes, unpackMember } from "./unpack_member.ts";
import { findFileFault } from "./verify_files.ts";
import { wheelForSystem } from "./wheel_for_system.ts";
import { type Wheel, type WheelMember, wheelVersion } from "./wheels.ts";

/** How {@linkcode fetchWheel} works. */
export interface FetchWheelOptions {
  /** How the user can refuse the download, for the first message. */
  readonly refusal: string;
  /** What the wheel is for, for the same message. Default: as the native engine. */
  readonly purpose?: string;
  readonly onMessage?: (line: string) => void;
  /** Called during the download and while the library is unpacked. */
  readonly onPrepare?: OnActivity;
  readonly signal?: AbortSignal;
  /** The wheel. Default: {@linkcode wheelForSystem}'s. */
  readonly wheel?: Wheel | undefined;
}

/** Receives the bytes that are done; the total is 0 if it is unknown. */
type OnBytes = (bytes: number, total: number) => void;

/**
 * Fetches the files of a wheel that are kept, verifies their digests, and unpacks them into `folder`. It
 * works in temporary folders beside it, of which one is renamed at the end, so that an interruption never leaves an
 * incomplete library; the next call resumes the download. A second process waits for the first one.
 *
 * Only these files are fetched, by HTTP ranges. Where that is impossible, or `VGG_USE_PIP` is
 * set, pip downloads the whole wheel.
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
  await fetchByRanges(folder, wheel, options) || await fetchByPip(folder, wheel, options);
}

/** @returns Whether it was possible. */
async function fetchByRanges(
  folder: string,
  wheel: Wheel,
  options: FetchWheelOptions,
): Promise<boolean> {
  if (usesPip()) return false;
  const { signal, onMessage } = options;
  const fetched = fetchedFolder(folder);
  try {
    const index = await findIndex(signal);
    await announce(folder, wheel, packedBytes(wheel), "", options);
    await Deno.mkdir(fetched, { recursive: true });
    const onBytes = showProgress("Downloading", options);
    await runFetch({ index, wheel, folder: fetched }, { onMessage, signal, onBytes });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    onMessage?.(`${error.message}; pip is tried instead`);
    return false;
  }
  await unpack(folder, wheel, options, (name, { packed }) => ({
    path: packedPath(fetched, name),
    offset: 0,
    bytes: packed.bytes,
  }));
  await Deno.remove(fetched, { recursive: true });
  return true;
}

async function fetchByPip(
  folder: string,
  wheel: Wheel,
  options: FetchWheelOptions,
): Promise<void> {
  await announce(folder, wheel, wheel.bytes, " with pip", options);
  const temporary = await Deno.makeTempDir(besides(folder));
  try {
    const onBytes = showProgress("Downloading", options);
    const path = await downloadWithPip(temporary, wheel, { onBytes, signal: options.signal });
    await unpack(folder, wheel, options, (_, { packed }) => ({ ...packed, path }));
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
  }
  await Deno.remove(fetchedFolder(folder), { recursive: true }).catch(() => {});
}

/** Inflates a wheel's files into a temporary folder, which then becomes `folder`. */
async function unpack(
  folder: string,
  { files }: Wheel,
  options: FetchWheelOptions,
  packedOf: (name: string, file: WheelMember) => PackedBytes,
): Promise<void> {
  const onBytes = showProgress("Unpacking", options);
  const total = unpackedBytes(files);
  const temporary = await Deno.makeTempDir(besides(folder));
  let before = 0;
  try {
    for (const [name, file] of Object.entries(files)) {
      const tell = (bytes: number): void => onBytes(before + bytes, total);
      const target = join(temporary, name);
      await unpackMember(packedOf(name, file), target, file, tell, options.signal);
      before += file.bytes;
    }
    const wrong = await findFileFault(temporary, files);
    if (wrong) {
      throw new LibraryError(`the wheel's library was not unpacked as published: ${wrong}`);
    }
    await rename(temporary, folder);
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
  }
}

/** Says what is fetched. @throws {LibraryError} If there is no room for it. */
async function announce(
  folder: string,
  { package: name, version = wheelVersion, files }: Wheel,
  download: number,
  how: string,
  { refusal, purpose = "as the native engine", onMessage }: FetchWheelOptions,
): Promise<void> {
  await requireSpace(dirname(folder), download + unpackedBytes(files));
  onMessage?.(
    `Fetching ${name} ${version}${how}, once, ${purpose}: ` +
      `${megabytes(download)} MB to download, ${
        megabytes(unpackedBytes(files))
      } MB kept in ${folder}. ` +
      `To refuse: ${refusal}.`,
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}

function unpackedBytes(files: Wheel["files"]): number {
  return Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
}

async function requireSpace(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free === undefined || free >= bytes) return;
  throw new LibraryError(
    `fetching TensorFlow needs ${megabytes(bytes)} MB free in ${folder}. ` +
      `Received: ${Math.floor(free / 1e6)} MB`,
  );
}

/** Keeps what was fetched by ranges until all of it is there. */
function fetchedFolder(folder: string): string {
  return `${folder}.fetched`;
}

/** Where temporary folders are made. */
function besides(folder: string): Deno.MakeTempOptions {
  return { dir: dirname(folder), prefix: `${basename(folder)}.part-` };
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

function showProgress(verb: string, { onPrepare }: FetchWheelOptions): OnBytes {
  const activity = { verb: `${verb} TensorFlow ${wheelVersion}`, unit: "MB" };
  return (bytes, total) => onPrepare?.(bytes / 1e6, total / 1e6 || Infinity, activity);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
